import {
  type ASTVisitor,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  type ValidationContext,
} from 'graphql';
import { DocumentWalk } from './document-walk.ts';

/**
 * Whether a document asks for more than one document may (SECURITY F2, F3). Costs at most a walk over a thousand
 * selections, whatever the document.
 *
 * @returns undefined, or the error with `validationErrorCode` for the first limit that is exceeded
 */
export function exceededLimit(schema: GraphQLSchema, document: DocumentNode): GraphQLError | undefined {
  try {
    new DocumentWalk(schema, document).walk();
    return undefined;
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}

/**
 * The same as a rule. GraphQL runs all rules in one walk, and some of its own are quadratic in the document
 * (CVE-2023-26144): a document over a limit is replaced by an empty one before that walk comes to its first definition.
 */
export function withinLimits(context: ValidationContext): ASTVisitor {
  return {
    Document(document) {
      const error = exceededLimit(context.getSchema(), document);
      if (error === undefined) return undefined;
      context.reportError(error);
      return { ...document, definitions: [] };
    },
  };
}
