import {
  type GraphQLRequestContextResponseForOperation,
  type GraphQLResponse,
  HeaderMap,
} from '@apollo/server';
import { ApolloServerErrorCode } from '@apollo/server/errors';
import {
  execute,
  type FormattedExecutionResult,
  type GraphQLError,
  type GraphQLFormattedError,
} from 'graphql';
import type { GraphQLContext } from './context.ts';

/** What is made of errors, in this order. */
export interface ErrorHandling {
  readonly log: (errors: readonly GraphQLError[], context: GraphQLContext) => void;
  readonly format: (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;
}

const HEAD = { headers: new HeaderMap() };

/**
 * Executes a query in place of Apollo Server, which prepares for answers in parts and for listeners that nobody has: it
 * takes a sixteenth of a request.
 *
 * @param context of a query without variables, so that nothing is wrong with it but what its fields find
 */
export async function executeQuery(
  context: GraphQLRequestContextResponseForOperation<GraphQLContext>,
  handling: ErrorHandling,
): Promise<GraphQLResponse> {
  const { schema, document, operationName, contextValue } = context;
  const { data = null, errors } = await execute({ schema, document, operationName, contextValue });
  if (errors === undefined) return answerOf({ data });
  handling.log(errors, contextValue);
  return answerOf({ data, errors: errors.map((error) => formatted(error, handling)) });
}

function answerOf(singleResult: FormattedExecutionResult): GraphQLResponse {
  return { http: HEAD, body: { kind: 'single', singleResult } };
}

/** As Apollo Server prepares an error for `formatError`. */
function formatted(error: GraphQLError, { format }: ErrorHandling): GraphQLFormattedError {
  const { code = ApolloServerErrorCode.INTERNAL_SERVER_ERROR } = error.extensions;
  return format({ ...error.toJSON(), extensions: { ...error.extensions, code } }, error);
}
