import {
  type GraphQLNamedType,
  GraphQLObjectType,
  GraphQLSchema,
  isEnumType,
  isScalarType,
  OperationTypeNode,
} from 'graphql';
import { SchemaError } from '../directive/schema-error.ts';
import { TypeCopies } from './copy-types.ts';
import { hostConflicts } from './host-conflicts.ts';

/**
 * One schema with the types of both; only the root types have fields of both. The host's is left as it is.
 *
 * @param own to be given up
 * @throws SchemaError where a name stands for two things
 */
export function mergeHostSchema(own: GraphQLSchema, host: GraphQLSchema): GraphQLSchema {
  if (!(host instanceof GraphQLSchema))
    throw new SchemaError(['It comes from another copy of the package graphql than Portcullis loads.']);
  const conflicts = hostConflicts(own, host);
  if (conflicts.length > 0) throw new SchemaError(conflicts);
  const shared = new Map(
    Object.values(own.getTypeMap())
      .filter(isLeaf)
      .map((type) => [type.name, type]),
  );
  const replacements = new Map<string, GraphQLNamedType>(shared);
  const copies = new TypeCopies(replacements);
  const roots = Object.values(OperationTypeNode).flatMap((operation) => {
    const root = mergeRoots(own.getRootType(operation), host.getRootType(operation), copies);
    return root === undefined ? [] : [{ operation, root }];
  });
  for (const { root } of roots) replacements.set(root.name, root);
  return new GraphQLSchema({
    ...own.toConfig(),
    ...Object.fromEntries(roots.map(({ operation, root }) => [operation, root])),
    types: withoutRoots([...allTypes(own), ...allTypes(host).map((type) => copies.of(type))], roots),
    directives: mergeDirectives(own, host, copies),
  });
}

/** An enum or a scalar: where both have one, they agree, and it is ours that works. */
function isLeaf(type: GraphQLNamedType): boolean {
  return isEnumType(type) || isScalarType(type);
}

function allTypes(schema: GraphQLSchema): readonly GraphQLNamedType[] {
  return Object.values(schema.getTypeMap());
}

function mergeRoots(
  own: GraphQLObjectType | null | undefined,
  host: GraphQLObjectType | null | undefined,
  copies: TypeCopies,
): GraphQLObjectType | undefined {
  const root = own ?? host;
  if (!root) return undefined;
  const theirs = host?.toConfig().fields ?? {};
  const fields = () => ({ ...own?.toConfig().fields, ...copies.fields(theirs) });
  return new GraphQLObjectType({ ...root.toConfig(), fields });
}

function withoutRoots(
  types: readonly GraphQLNamedType[],
  roots: readonly { readonly root: GraphQLObjectType }[],
): GraphQLNamedType[] {
  const isRoot = (type: GraphQLNamedType) => roots.some(({ root }) => root.name === type.name);
  return [...new Set(types)].filter((type) => !isRoot(type));
}

function mergeDirectives(own: GraphQLSchema, host: GraphQLSchema, copies: TypeCopies) {
  const names = new Set(own.getDirectives().map(({ name }) => name));
  const theirs = host.getDirectives().filter(({ name }) => !names.has(name));
  return [...own.getDirectives(), ...theirs.map((directive) => copies.directive(directive))];
}
