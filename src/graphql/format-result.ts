import type { ExecutionResult, FormattedExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';
import { isUnfitVariable } from './format-error.ts';

/** What is done with errors on their way to a client, in this order. */
export interface ErrorStages {
  log(errors: readonly GraphQLError[]): void;
  format(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError;
}

/** A result as a client may read it, where it was not Apollo Server that executed. */
export function formatResult(
  { data, errors }: ExecutionResult,
  stages: ErrorStages,
): FormattedExecutionResult {
  const result = data === undefined ? {} : { data };
  if (errors === undefined) return result;
  stages.log(errors);
  return { ...result, errors: errors.map((error) => stages.format(withCode(error), error)) };
}

/** As Apollo Server prepares an error before it is formatted. */
function withCode(error: GraphQLError): GraphQLFormattedError {
  const { http: _, ...extensions } = error.extensions;
  const otherwise = isUnfitVariable(error) ? 'BAD_USER_INPUT' : 'INTERNAL_SERVER_ERROR';
  return { ...error.toJSON(), extensions: { ...extensions, code: extensions['code'] ?? otherwise } };
}
