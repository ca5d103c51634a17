import { unwrapResolverError } from '@apollo/server/errors';
import type { GraphQLFormattedError } from 'graphql';
import { isUnfitVariable } from './format-error.ts';

/**
 * What GraphQL itself says of an unfit document or value names types, fields and enum values, and not only where it
 * suggests them: nothing for the client of a schema that is hidden (SECURITY F4, ASVS V4.3.2). Code and location remain.
 */
export function hideSchema(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const message = neutralMessage(formatted, unwrapResolverError(error));
  return message === undefined ? formatted : { ...formatted, message };
}

/** Rules that name nothing mark their errors with a `validationErrorCode`, Apollo Server's own and ours. */
function neutralMessage(
  { message, extensions }: GraphQLFormattedError,
  original: unknown,
): string | undefined {
  const { code, validationErrorCode } = extensions ?? {};
  if (code === 'GRAPHQL_VALIDATION_FAILED' && validationErrorCode === undefined)
    return 'The document does not fit the schema.';
  if (!isUnfitVariable(original)) return undefined;
  return `${/^Variable "\$\w+"/.exec(message)?.[0] ?? 'A variable'} does not fit its type.`;
}
