import { type GraphQLRequest, HeaderMap, type HTTPGraphQLRequest } from '@apollo/server';

/**
 * What Apollo Server is told of the way by which a plain operation came: a POST that takes no answer in parts. Told nothing,
 * it would negotiate for each what is taken by those who take anything.
 */
const PLAIN_HTTP: HTTPGraphQLRequest = {
  method: 'POST',
  headers: new HeaderMap([['accept', '']]),
  search: '',
  body: undefined,
};

type Members = Readonly<Record<string, unknown>>;

/**
 * The operation of a body with members of the right types. Whatever is wrong with another one, Apollo Server's HTTP layer
 * finds and words.
 */
export function plainOperation(body: unknown): GraphQLRequest | undefined {
  if (!isMembers(body)) return undefined;
  const { query, operationName, variables, extensions } = body;
  if (typeof query !== 'string' || query === '') return undefined;
  const operation: GraphQLRequest = { query, http: PLAIN_HTTP };
  if (typeof operationName === 'string') operation.operationName = operationName;
  else if (isThere(operationName)) return undefined;
  if (isMembers(variables)) operation.variables = variables;
  else if (isThere(variables)) return undefined;
  if (isMembers(extensions)) operation.extensions = extensions;
  else if (isThere(extensions)) return undefined;
  return operation;
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}
