import { type ASTNode, GraphQLError } from 'graphql';

/**
 * What a rule of ours finds in a document.
 *
 * @param validationErrorCode stable, named as Apollo Server names what its own rules find
 * @param message names nothing of the schema: it is told where the schema is hidden too
 */
export function documentError(validationErrorCode: string, message: string, node: ASTNode): GraphQLError {
  return new GraphQLError(message, { nodes: node, extensions: { validationErrorCode } });
}
