import type { ASTVisitor, ValidationContext } from 'graphql';
import { documentError } from './document-error.ts';

/** Fields that check a credential or set the refresh cookie. */
const CREDENTIAL_FIELDS = new Set([
  'register',
  'login',
  'refresh',
  'logout',
  'reauthenticate',
  'changePassword',
]);

/**
 * At most one of them a document: a hundred aliased `login` fields would be a hundred guesses in one request (SECURITY A7),
 * and an answer can set only one cookie. Refused before anything runs.
 */
export function oneCredentialField(context: ValidationContext): ASTVisitor {
  const mutation = context.getSchema().getMutationType();
  let found = 0;
  return {
    Field(node) {
      if (context.getParentType() !== mutation || !CREDENTIAL_FIELDS.has(node.name.value)) return;
      found += 1;
      if (found !== 2) return;
      const message = 'A document may hold one field that checks a credential or sets the cookie.';
      context.reportError(documentError('SEVERAL_CREDENTIAL_FIELDS', message, node));
    },
  };
}

/** Without it the execution would find out, and report it as a failure of ours. */
export function knownOperationType(context: ValidationContext): ASTVisitor {
  const schema = context.getSchema();
  return {
    OperationDefinition(node) {
      if (schema.getRootType(node.operation)) return;
      const message = `There is no ${node.operation} in this schema.`;
      context.reportError(documentError('UNKNOWN_OPERATION_TYPE', message, node));
    },
  };
}
