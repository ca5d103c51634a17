import {
  type ConstDirectiveNode,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getDirectiveValues,
  isEnumType,
} from 'graphql';
import { ROLES, type Role } from '../accounts/user.ts';
import { type Requirement, strictest } from '../guard/requirement.ts';

type Carrier = { readonly directives?: readonly ConstDirectiveNode[] | undefined };

/** Anything of a schema that directives can stand on: on its definition, and on each `extend` of it. */
export interface Annotated {
  readonly astNode?: Carrier | null | undefined;
  readonly extensionASTNodes?: readonly Carrier[] | undefined;
}

export function appliedDirectives({ astNode, extensionASTNodes = [] }: Annotated): ConstDirectiveNode[] {
  return [astNode, ...extensionASTNodes].flatMap((node) => node?.directives ?? []);
}

export function isPublic(annotated: Annotated): boolean {
  return carries(annotated, 'public');
}

/** Whether `@auth` stands on this very type or field. */
export function carriesAuth(annotated: Annotated): boolean {
  return carries(annotated, 'auth');
}

/** Whether `@auth` guards the field, wherever it stands. */
export function isGuarded(type: GraphQLObjectType | GraphQLInterfaceType, fieldName: string): boolean {
  return placesOf(type, fieldName).some(carriesAuth);
}

/**
 * What a field asks in all: its own `@auth`, its type's, and those of the interfaces that the type implements, on the
 * interface as on the interface's field. They add up.
 *
 * @throws Error naming an argument that the directive does not take
 */
export function requirementOf(
  schema: GraphQLSchema,
  type: GraphQLObjectType | GraphQLInterfaceType,
  fieldName: string,
): Requirement | undefined {
  const requirements = placesOf(type, fieldName).flatMap((place) => ownRequirement(schema, place) ?? []);
  return requirements.length === 0 ? undefined : strictest(requirements);
}

/**
 * What `@auth` on this very type or field asks; undefined where there is none.
 *
 * @throws Error naming an argument that the directive does not take
 */
export function ownRequirement(schema: GraphQLSchema, annotated: Annotated): Requirement | undefined {
  const directive = schema.getDirective('auth');
  const values = directive && getDirectiveValues(directive, { directives: appliedDirectives(annotated) });
  if (!values) return undefined;
  return { role: readRole(schema, values['requires']), maxAge: readMaxAge(values['maxAge']) };
}

/** By the value's name: a schema may stand for it by anything inside, such as the numbers of a TypeScript enum. */
function readRole(schema: GraphQLSchema, value: unknown): Role {
  const type = schema.getType('Role');
  const name = isEnumType(type) ? type.serialize(value) : undefined;
  const role = ROLES.find((each) => each === name);
  if (role === undefined) throw new Error(`Argument "requires" must be one of ${ROLES.join(', ')}.`);
  return role;
}

function readMaxAge(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && value >= 0) return value;
  throw new Error(`Argument "maxAge" must not be negative; it is ${value}.`);
}

/** A type implements every interface of its interfaces too, so that these need not be followed. */
function placesOf(type: GraphQLObjectType | GraphQLInterfaceType, fieldName: string): Annotated[] {
  const types = [type, ...type.getInterfaces()];
  return [...types, ...types.flatMap((each) => each.getFields()[fieldName] ?? [])];
}

function carries(annotated: Annotated, name: string): boolean {
  return appliedDirectives(annotated).some((directive) => directive.name.value === name);
}
