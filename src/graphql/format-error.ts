import { unwrapResolverError } from '@apollo/server/errors';
import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import { Refusal } from '../errors/refusal.ts';

const INTERNAL = 'INTERNAL_SERVER_ERROR';

/** Writes down what the client is not told. */
export interface ErrorLog {
  /** The cause of a refusal that is ours, e.g. a database that is away. */
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What a client reads of an error (CONTRACT, errors). */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const { locations, path, extensions } = formatted;
  const where = { ...(locations && { locations }), ...(path && { path }) };
  const original = unwrapResolverError(error);
  if (original instanceof Refusal) {
    return { message: original.message, ...where, extensions: { code: original.code, ...original.details } };
  }
  if (extensions?.['code'] !== INTERNAL) return formatted;
  const { requestId } = extensions;
  return { message: 'Internal server error.', ...where, extensions: { code: INTERNAL, requestId } };
}

/** Coercion errors of variables name fields and enum values even where the schema is hidden (ASVS V4.3.2). */
export function withoutSuggestions(formatted: GraphQLFormattedError): GraphQLFormattedError {
  return { ...formatted, message: formatted.message.replace(/ ?Did you mean .*\?$/s, '') };
}

/** Puts the request's id on what the client may not know more of, and the rest into the log. */
export function logErrors(log: ErrorLog, requestId: string, errors: readonly GraphQLError[]): void {
  for (const error of errors) {
    const original = unwrapResolverError(error);
    if (original instanceof Refusal) {
      if (original.cause !== undefined)
        log.warn({ requestId, code: original.code, err: original.cause }, 'refused');
    } else if (error.extensions['code'] === undefined) {
      error.extensions['requestId'] = requestId;
      log.error({ requestId, err: original }, 'request failed');
    }
  }
}
