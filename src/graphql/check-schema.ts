import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  isUnionType,
} from 'graphql';
import { validateSDL } from 'graphql/validation/validate.js';
import { isPublic, ownRequirement, requirementOf } from './directives.ts';
import { schemaDocument } from './print-schema.ts';

/** The schema leaves something open, or says something that nobody obeys; the server does not start. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';

  constructor(readonly problems: readonly string[]) {
    super(`The schema is not safe to serve:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/**
 * Default deny (SECURITY G1): type-graphql neither checks the directives that it is given nor notices a mistyped one, so
 * `@atuh` would leave a field open in silence.
 *
 * @throws SchemaError with every problem at once
 */
export function checkSchema(schema: GraphQLSchema): void {
  const unknown = validateSDL(schemaDocument(schema)).map(({ message }) => message);
  const problems = unknown.length > 0 ? unknown : [...argumentProblems(schema), ...accessProblems(schema)];
  if (problems.length > 0) throw new SchemaError(problems);
}

function accessProblems(schema: GraphQLSchema): string[] {
  const roots = rootTypes(schema);
  const elsewhere = compositeTypes(schema).filter((type) => !roots.some((root) => root === type));
  return [
    ...roots.flatMap((root) => fieldsOf(root).flatMap((field) => rootFieldProblems(schema, root, field))),
    ...elsewhere.flatMap((type) =>
      fieldsOf(type)
        .filter(isPublic)
        .map((field) => `${type.name}.${field.name} carries @public, which only a root field can.`),
    ),
  ];
}

function rootFieldProblems(
  schema: GraphQLSchema,
  root: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
): string[] {
  const name = `${root.name}.${field.name}`;
  const isProtected = requirementOf(schema, root, field.name) !== undefined;
  if (isPublic(field) && isProtected) return [`${name} is both @public and protected by @auth.`];
  if (!isPublic(field) && !isProtected) return [`${name} carries neither @auth nor @public.`];
  if (isProtected) return [];
  return reachableTypes(schema, getNamedType(field.type))
    .filter((type) => ownRequirement(schema, type) !== undefined)
    .map((type) => `${name} is @public and returns ${type.name}, which carries @auth.`);
}

function argumentProblems(schema: GraphQLSchema): string[] {
  return compositeTypes(schema).flatMap((type) =>
    [
      { place: type.name, annotated: type },
      ...fieldsOf(type).map((field) => ({ place: `${type.name}.${field.name}`, annotated: field })),
    ].flatMap(({ place, annotated }) => {
      try {
        ownRequirement(schema, annotated);
        return [];
      } catch (error) {
        return [`${place}: ${error instanceof Error ? error.message : String(error)}`];
      }
    }),
  );
}

/** The types that a value of `type` can hold, however deep. */
function reachableTypes(schema: GraphQLSchema, type: GraphQLNamedType, seen = new Set<GraphQLNamedType>()) {
  if (seen.has(type)) return [...seen];
  seen.add(type);
  if (isUnionType(type) || isInterfaceType(type)) {
    for (const possible of schema.getPossibleTypes(type)) reachableTypes(schema, possible, seen);
  }
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const face of type.getInterfaces()) reachableTypes(schema, face, seen);
    for (const field of fieldsOf(type)) reachableTypes(schema, getNamedType(field.type), seen);
  }
  return [...seen].filter((each) => isObjectType(each) || isInterfaceType(each));
}

function rootTypes(schema: GraphQLSchema): GraphQLObjectType[] {
  return [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap(
    (type) => type ?? [],
  );
}

function compositeTypes(schema: GraphQLSchema) {
  return Object.values(schema.getTypeMap())
    .filter((type) => !type.name.startsWith('__'))
    .filter((type) => isObjectType(type) || isInterfaceType(type));
}

function fieldsOf(type: ReturnType<typeof compositeTypes>[number]): GraphQLField<unknown, unknown>[] {
  return Object.values(type.getFields());
}
