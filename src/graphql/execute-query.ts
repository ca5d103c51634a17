import {
  type GraphQLRequestContextResponseForOperation,
  type GraphQLResponse,
  HeaderMap,
} from '@apollo/server';
import { execute } from 'graphql';
import type { GraphQLContext } from './context.ts';
import { type ErrorStages, formatResult } from './format-result.ts';

const HEAD = { headers: new HeaderMap() };

/**
 * Executes a query in place of Apollo Server, which prepares for answers in parts and for listeners that nobody has: it
 * takes a sixteenth of a request.
 *
 * @param context of a query without variables, so that nothing is wrong with it but what its fields find
 */
export async function executeQuery(
  context: GraphQLRequestContextResponseForOperation<GraphQLContext>,
  stagesOf: (context: GraphQLContext) => ErrorStages,
): Promise<GraphQLResponse> {
  const { schema, document, operationName, contextValue } = context;
  const { data = null, errors } = await execute({ schema, document, operationName, contextValue });
  const singleResult =
    errors === undefined ? { data } : formatResult({ data, errors }, stagesOf(contextValue));
  return { http: HEAD, body: { kind: 'single', singleResult } };
}
