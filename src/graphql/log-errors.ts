import { unwrapResolverError } from '@apollo/server/errors';
import type { GraphQLError } from 'graphql';
import { Refusal } from '../errors/refusal.ts';
import type { Logger } from '../log.ts';
import { isInternal } from './format-error.ts';

/** Puts the request's id on what the client may not know more of, and the rest into the log. */
export function logErrors(log: Logger, requestId: string, errors: readonly GraphQLError[]): void {
  for (const error of errors) logError(log, requestId, error);
}

function logError(log: Logger, requestId: string, error: GraphQLError): void {
  const original = unwrapResolverError(error);
  if (isInternal(error)) {
    error.extensions['requestId'] = requestId;
    log.error({ requestId, err: original }, 'request failed');
  } else if (original instanceof Refusal && original.cause !== undefined) {
    log.warn({ requestId, code: original.code, err: original.cause }, 'refused');
  }
}
