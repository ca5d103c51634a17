import { mergeSchemas } from '@graphql-tools/schema';
import {
  type GraphQLEnumType,
  type GraphQLNamedType,
  GraphQLScalarType,
  GraphQLSchema,
  isEnumType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  OperationTypeNode,
  print,
} from 'graphql';
import { type Annotated, appliedDirectives } from '../directive/applied-directives.ts';
import { SchemaError } from '../directive/schema-error.ts';

/** Of a type or a field, as in an error. */
type Place = readonly [name: string, annotated: Annotated];

/** Ours that the host may define as well, so that its own SDL can name them. */
const SHARED_ENUM = 'Role';

/** What a scalar does that was declared and not written. */
const { serialize: UNWRITTEN } = new GraphQLScalarType({ name: 'Unwritten' });

/**
 * One schema with the types of both; only the root types may have fields of both. The host's is left as it is.
 *
 * @throws SchemaError where a name stands for two things
 */
export function mergeHostSchema(own: GraphQLSchema, host: GraphQLSchema): GraphQLSchema {
  if (!(host instanceof GraphQLSchema))
    throw new SchemaError([
      'It is not of the graphql package that Portcullis loads: there must be one copy of it.',
    ]);
  const conflicts = [...rootConflicts(own, host), ...typeConflicts(own, host)];
  if (conflicts.length > 0) throw new SchemaError(conflicts);
  // Ours last: where both define a scalar, it is ours that works.
  const merged = mergeSchemas({ schemas: [host, own], assumeValidSDL: true });
  const lost = [own, host].flatMap((schema) => lostDirectives(schema, merged));
  if (lost.length > 0) throw new SchemaError(lost);
  return merged;
}

function rootConflicts(own: GraphQLSchema, host: GraphQLSchema): string[] {
  return Object.values(OperationTypeNode).flatMap((operation) => {
    const name = rootName(operation);
    const root = host.getRootType(operation);
    if (!root) return [];
    if (root.name !== name)
      return [`The type of its ${operation} must be named ${name}; it is ${root.name}.`];
    const ours = own.getRootType(operation)?.getFields() ?? {};
    const shared = Object.keys(root.getFields()).filter((field) => field in ours);
    return shared.map((field) => `${name}.${field} is a field of Portcullis already.`);
  });
}

function rootName(operation: OperationTypeNode): string {
  return `${operation.charAt(0).toUpperCase()}${operation.slice(1)}`;
}

function typeConflicts(own: GraphQLSchema, host: GraphQLSchema): string[] {
  const roots = Object.values(OperationTypeNode).map((operation) => host.getRootType(operation));
  return Object.values(host.getTypeMap())
    .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
    .filter((type) => !roots.some((root) => root === type))
    .filter((type) => !isSame(own.getType(type.name), type))
    .map(({ name }) => `${name} is a type of Portcullis already.`);
}

function isSame(ours: GraphQLNamedType | undefined, theirs: GraphQLNamedType): boolean {
  if (ours === undefined || ours === theirs) return true;
  if (isEnumType(ours) && isEnumType(theirs)) return theirs.name === SHARED_ENUM && isSameEnum(ours, theirs);
  return isScalarType(ours) && isScalarType(theirs) && isSameScalar(ours, theirs);
}

/** By names and by what they stand for inside: numbers of the host's would not be ours. */
function isSameEnum(ours: GraphQLEnumType, theirs: GraphQLEnumType): boolean {
  const values = theirs.getValues();
  return (
    values.length === ours.getValues().length &&
    values.every(({ name, value }) => ours.getValue(name)?.value === value)
  );
}

/** Another copy of one library is told by its words; a scalar that is only declared takes over ours. */
function isSameScalar(ours: GraphQLScalarType, theirs: GraphQLScalarType): boolean {
  return theirs.serialize === UNWRITTEN || (ours.description ?? '') === theirs.description;
}

/** A field that lost its @auth on the way would be open. */
function lostDirectives(before: GraphQLSchema, after: GraphQLSchema): string[] {
  const kept = new Map(places(after).map(([name, annotated]) => [name, directives(annotated)]));
  return places(before).flatMap(([name, annotated]) =>
    directives(annotated)
      .filter((directive) => !kept.get(name)?.includes(directive))
      .map((directive) => `${name} has lost ${directive} when the schemas were merged.`),
  );
}

function places(schema: GraphQLSchema): Place[] {
  return Object.values(schema.getTypeMap())
    .filter((type) => !isIntrospectionType(type))
    .filter((type) => isObjectType(type) || isInterfaceType(type))
    .flatMap((type) => [
      [type.name, type] as const,
      ...Object.values(type.getFields()).map((field) => [`${type.name}.${field.name}`, field] as const),
    ]);
}

function directives(annotated: Annotated): string[] {
  return appliedDirectives(annotated).map(print);
}
