import { type FormattedExecutionResult, GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import type { RefreshCookie, RequestFacts, SocketEndpoint, SocketRequest } from '../graphql/request.ts';
import { authenticateBearer, type GuardServices } from '../guard/guard.ts';
import { nextRequestId } from '../http/request-id.ts';
import { SlowSubscriber } from '../sessions/session-events.ts';
import { closingFor, UNAVAILABLE } from './close-codes.ts';
import type { OpenSocket } from './open-socket.ts';

export interface Operations {
  readonly endpoint: SocketEndpoint;
  readonly guard: GuardServices;
}

type Results = AsyncIterableIterator<FormattedExecutionResult>;

/** What a client reads of an operation that did not begin, in the class that graphql-ws asks for. */
export class PreparedError extends GraphQLError {
  constructor(readonly formatted: GraphQLFormattedError) {
    super(formatted.message);
  }
}

/** No answer on a socket can set a cookie, and `cookieAllowed` keeps whatever would from beginning. */
const NO_COOKIE: RefreshCookie = {
  presented: undefined,
  set: () => undefined,
  clear: () => undefined,
};

const OVERLOADED: GraphQLFormattedError = {
  message: 'Too many operations on this socket; try again later.',
  extensions: { code: 'RATE_LIMITED', retryAfter: 1 },
};

/**
 * One operation, through the pipeline that requests go through.
 *
 * @returns its result or results; the errors for which it did not begin
 */
export async function runOperation(
  { endpoint, guard }: Operations,
  socket: OpenSocket,
  payload: SubscribePayload,
): Promise<FormattedExecutionResult | Results | readonly PreparedError[]> {
  if (socket.isOverloaded) return [new PreparedError(OVERLOADED)];
  const answer = await endpoint.executeOnSocket(requestOf(payload), factsOf(socket));
  if (answer.kind === 'events') return follow(guard, socket, answer.events);
  if (answer.kind === 'refused') {
    await closeWhenDenied(guard, socket, answer.errors);
    return answer.errors.map((error) => new PreparedError(error));
  }
  await closeWhenDenied(guard, socket, answer.result.errors);
  return answer.result;
}

function requestOf({ query, operationName, variables }: SubscribePayload): SocketRequest {
  return { query, ...(operationName ? { operationName } : {}), ...(variables ? { variables } : {}) };
}

function factsOf({ facts, holder }: OpenSocket): RequestFacts {
  return {
    ...facts,
    requestId: nextRequestId(),
    arrivedAt: performance.now(),
    authorization: holder?.authorization,
    cookieAllowed: false,
    cookie: NO_COOKIE,
  };
}

/** The events as they come, and none that the guard refuses. */
function follow(guard: GuardServices, socket: OpenSocket, events: Results): Results {
  const results: Results = {
    async next() {
      const next = await events.next().catch((error: unknown) => cutOffSlow(socket, error));
      if (next.done) socket.removeStream(results);
      else await closeWhenDenied(guard, socket, next.value.errors);
      return next;
    },
    async return() {
      socket.removeStream(results);
      return (await events.return?.()) ?? { value: undefined, done: true };
    },
    [Symbol.asyncIterator]: () => results,
  };
  socket.addStream(results);
  return results;
}

function cutOffSlow(socket: OpenSocket, error: unknown): IteratorReturnResult<undefined> {
  if (!(error instanceof SlowSubscriber)) throw error;
  socket.cutOff();
  return { value: undefined, done: true };
}

/**
 * An operation that was denied for want of a proven caller shows that nothing more may be sent: the socket's own token is
 * judged once more, since the denial may have been of another one, such as a refresh token.
 */
async function closeWhenDenied(
  guard: GuardServices,
  socket: OpenSocket,
  errors: readonly GraphQLFormattedError[] | undefined,
): Promise<void> {
  if (!errors?.some(({ extensions }) => extensions?.['code'] === 'UNAUTHENTICATED')) return;
  try {
    await authenticateBearer(guard, socket.holder?.authorization);
  } catch (error) {
    const closing = closingFor(error);
    if (closing !== undefined && closing !== UNAVAILABLE) socket.close(closing);
  }
}
