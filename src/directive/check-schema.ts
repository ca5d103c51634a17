import {
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  parse,
  validateSchema,
} from 'graphql';
import { validateSDL } from 'graphql/validation/validate.js';
import { type Annotated, carriesAuth, isGuarded, isPublic, ownRequirement } from './applied-directives.ts';
import { printSchemaWithDirectives } from './print-schema.ts';
import { rootTypes } from './root-types.ts';
import type { RoleModel } from './rules.ts';
import { SchemaError } from './schema-error.ts';

type CompositeType = GraphQLObjectType | GraphQLInterfaceType;
type Field = GraphQLField<unknown, unknown>;

/**
 * Default deny (SECURITY G1): type-graphql neither checks the directives that it is given nor notices a mistyped one, so
 * `@atuh` would leave a field open in silence.
 *
 * @throws SchemaError with every problem at once
 */
export function checkSchema(schema: GraphQLSchema, model: RoleModel): void {
  const problems = [
    ...validateSchema(schema).map(({ message }) => message),
    ...directiveProblems(schema),
    ...argumentProblems(schema, model),
    ...rootTypes(schema).flatMap((root) =>
      fieldsOf(root).flatMap((field) => accessProblems(schema, root, field)),
    ),
    ...misplacedPublic(schema),
  ];
  if (problems.length > 0) throw new SchemaError(problems);
}

/** Directives that are unknown, misplaced or repeated, and arguments that they do not have. */
function directiveProblems(schema: GraphQLSchema): string[] {
  const text = printSchemaWithDirectives(schema);
  const lines = text.split('\n');
  return validateSDL(parse(text)).map(({ message, locations }) => {
    const { line = 0 } = locations?.[0] ?? {};
    return `${message} (${lines[line - 1]?.trim()})`;
  });
}

/** Values that the directive's arguments cannot take, which `validateSDL` lets pass. */
function argumentProblems(schema: GraphQLSchema, model: RoleModel): string[] {
  return compositeTypes(schema).flatMap((type) => [
    ...argumentProblem(schema, model, type.name, type),
    ...fieldsOf(type).flatMap((field) => argumentProblem(schema, model, `${type.name}.${field.name}`, field)),
  ]);
}

function argumentProblem(
  schema: GraphQLSchema,
  model: RoleModel,
  place: string,
  annotated: Annotated,
): string[] {
  try {
    ownRequirement(schema, model, annotated);
    return [];
  } catch (error) {
    return [`${place}: ${error instanceof Error ? error.message : error}`];
  }
}

function accessProblems(schema: GraphQLSchema, root: GraphQLObjectType, field: Field): string[] {
  const name = `${root.name}.${field.name}`;
  if (isGuarded(root, field.name))
    return isPublic(field) ? [`${name} is both @public and guarded by @auth.`] : [];
  if (!isPublic(field)) return [`${name} carries neither @auth nor @public.`];
  const returned = [...returnedTypes(schema, getNamedType(field.type))];
  const guarded = new Set(returned.flatMap((type) => [type, ...type.getInterfaces()]).filter(carriesAuth));
  return [...guarded].map((type) => `${name} is @public and returns ${type.name}, which carries @auth.`);
}

/** The object types that a caller reaches from a value of `type`, however deep, without passing a guarded field. */
function returnedTypes(
  schema: GraphQLSchema,
  type: GraphQLNamedType,
  seen = new Set<GraphQLObjectType>(),
): ReadonlySet<GraphQLObjectType> {
  for (const possible of possibleTypes(schema, type)) {
    if (seen.has(possible)) continue;
    seen.add(possible);
    for (const field of fieldsOf(possible)) {
      if (!isGuarded(possible, field.name)) returnedTypes(schema, getNamedType(field.type), seen);
    }
  }
  return seen;
}

function possibleTypes(schema: GraphQLSchema, type: GraphQLNamedType): readonly GraphQLObjectType[] {
  if (isAbstractType(type)) return schema.getPossibleTypes(type);
  return isObjectType(type) ? [type] : [];
}

function misplacedPublic(schema: GraphQLSchema): string[] {
  const roots: CompositeType[] = rootTypes(schema);
  return compositeTypes(schema)
    .filter((type) => !roots.includes(type))
    .flatMap((type) =>
      fieldsOf(type)
        .filter(isPublic)
        .map((field) => `${type.name}.${field.name}`),
    )
    .map((name) => `${name} carries @public, which only a root field can.`);
}

function compositeTypes(schema: GraphQLSchema): CompositeType[] {
  return Object.values(schema.getTypeMap())
    .filter((type) => !isIntrospectionType(type))
    .filter((type) => isObjectType(type) || isInterfaceType(type));
}

function fieldsOf(type: CompositeType): Field[] {
  return Object.values(type.getFields());
}
