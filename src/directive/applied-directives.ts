import {
  type ConstDirectiveNode,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getDirectiveValues,
  isEnumType,
} from 'graphql';
import { type RequiredRole, type Requirement, sumOf } from '../guard/requirement.ts';
import { CONDITION_ENUM } from './define-directives.ts';
import { heldBy, type RoleModel } from './rules.ts';

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
  model: RoleModel,
  type: GraphQLObjectType | GraphQLInterfaceType,
  fieldName: string,
): Requirement | undefined {
  const places = placesOf(type, fieldName);
  const requirements = places.flatMap((place) => ownRequirement(schema, model, place) ?? []);
  return requirements.length === 0 ? undefined : sumOf(requirements);
}

/**
 * What `@auth` on this very type or field asks; undefined where there is none.
 *
 * @throws Error naming an argument that the directive does not take
 */
export function ownRequirement(
  schema: GraphQLSchema,
  model: RoleModel,
  annotated: Annotated,
): Requirement | undefined {
  const directive = schema.getDirective('auth');
  const values = directive && getDirectiveValues(directive, { directives: appliedDirectives(annotated) });
  if (!values) return undefined;
  const roles = readRoles(schema, model, values['requires']);
  const maxAge = readMaxAge(values['maxAge']);
  const conditions = namesOf(schema, CONDITION_ENUM, values['when']);
  const isEveryones = roles.every(({ name }) => name === model.everyone);
  return {
    roles,
    maxAge,
    conditions,
    isPlain: isEveryones && maxAge === undefined && conditions.length === 0,
  };
}

function readRoles(schema: GraphQLSchema, model: RoleModel, value: unknown): readonly RequiredRole[] {
  const asked = namesOf(schema, model.enumName, value);
  const { names = asked } = model;
  const isKnown = asked.every((name) => names.includes(name));
  // Where everybody has a role, none at all is a mistake too: `requires: null`.
  if (!isKnown || (asked.length === 0 && model.everyone !== undefined))
    throw new Error(`Argument "requires" must be one of ${names.join(', ')}; it is ${asked[0] ?? null}.`);
  return asked.map((name) => ({ name, heldBy: heldBy(model, name) }));
}

/** By the values' names: a schema may stand for them by anything inside, such as the numbers of a TypeScript enum. */
function namesOf(schema: GraphQLSchema, enumName: string, value: unknown): readonly string[] {
  const type = schema.getType(enumName);
  if (value === undefined || value === null || !isEnumType(type)) return [];
  return [value].flat().map((each) => String(type.serialize(each)));
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
