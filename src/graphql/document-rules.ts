import { type ASTVisitor, GraphQLError, type ValidationContext } from 'graphql';

/** Fields that check a credential or set the refresh cookie. */
const CREDENTIAL_FIELDS = new Set(['register', 'login', 'refresh', 'logout']);

/**
 * At most one of them a document: a hundred aliased `login` fields would be a hundred guesses in one request (SECURITY A7),
 * and an answer can set only one cookie. Refused before anything runs.
 */
export function oneCredentialField(context: ValidationContext): ASTVisitor {
  let found = 0;
  return {
    Field(node) {
      const isRootField = context.getParentType() === context.getSchema().getMutationType();
      if (!isRootField || !CREDENTIAL_FIELDS.has(node.name.value)) return;
      found += 1;
      if (found === 2) {
        const names = [...CREDENTIAL_FIELDS].join(', ');
        context.reportError(new GraphQLError(`A document may hold one field of ${names}.`, { nodes: node }));
      }
    },
  };
}
