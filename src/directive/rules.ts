import type { GraphQLResolveInfo } from 'graphql';
import { ROLES } from '../accounts/user.ts';
import type { AuthenticatedCaller } from './authenticated-caller.ts';

/** A field that is asked for, and by whom. */
export interface Question<Context = unknown> {
  readonly caller: AuthenticatedCaller;
  /** The object whose field it is. */
  readonly source: unknown;
  readonly args: Readonly<Record<string, unknown>>;
  readonly context: Context;
  readonly info: GraphQLResolveInfo;
}

/** Whether the caller may. What it throws is an error of the field. */
export type Condition<Context = unknown> = (question: Question<Context>) => boolean | Promise<boolean>;

/** What `@auth` means on a schema. */
export interface AuthRules<Context = unknown> {
  /** The enum of your own that `requires` takes; without it `Role`, which has USER and ADMIN. */
  readonly roles?: RoleRules;
  /** By the name by which `@auth(when: …)` asks for it. */
  readonly conditions?: Readonly<Record<string, Condition<Context>>>;
}

export interface RoleRules {
  /** Name of the enum. */
  readonly enum: string;
  /** The roles that a role implies, and theirs; a role that implies none may be left out. */
  readonly implies?: Readonly<Record<string, readonly string[]>>;
}

/** The roles that a schema knows. */
export interface RoleModel {
  readonly enumName: string;
  /** Its values where it is ours; undefined: whatever the schema has. */
  readonly names: readonly string[] | undefined;
  /** The role of everybody who is signed in, which is asked for where nothing else is. */
  readonly everyone: string | undefined;
  readonly implies: Readonly<Record<string, readonly string[]>>;
}

/** Those of the access token, in which ADMIN implies USER (CONTRACT). */
const OURS: RoleModel = { enumName: 'Role', names: ROLES, everyone: 'USER', implies: { ADMIN: ['USER'] } };

export function roleModel({ roles }: Pick<AuthRules, 'roles'>): RoleModel {
  if (roles === undefined) return OURS;
  return { enumName: roles.enum, names: undefined, everyone: undefined, implies: roles.implies ?? {} };
}

/** The role itself and all that imply it, however many steps away. */
export function heldBy({ implies }: Pick<RoleModel, 'implies'>, role: string): readonly string[] {
  const found = new Set([role]);
  for (const name of found) {
    for (const [higher, lower] of Object.entries(implies)) if (lower.includes(name)) found.add(higher);
  }
  return [...found];
}
