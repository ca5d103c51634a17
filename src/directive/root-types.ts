import { type GraphQLObjectType, type GraphQLSchema, OperationTypeNode } from 'graphql';

/** The types of queries, mutations and subscriptions, of those that the schema has. */
export function rootTypes(schema: GraphQLSchema): GraphQLObjectType[] {
  return Object.values(OperationTypeNode).flatMap((operation) => schema.getRootType(operation) ?? []);
}
