import {
  type ExecutionResult,
  type FormattedExecutionResult,
  type GraphQLError,
  type GraphQLFormattedError,
  type SubscriptionArgs,
  subscribe,
} from 'graphql';
import { isUnfitVariable } from './format-error.ts';

/** Where the pipeline of a request leaves the events of a subscription, which no answer could hold. */
export interface EventSlot {
  events: AsyncIterableIterator<FormattedExecutionResult> | undefined;
}

/** What is done with errors on their way to a client: the same as in an answer over HTTP. */
export interface ErrorStages {
  /** Before they are formatted. */
  log(errors: readonly GraphQLError[]): void;
  format(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError;
}

/**
 * The part of a request that Apollo Server does not have. GraphQL executes every event by itself, and so the guard proves
 * the caller anew for each.
 *
 * @returns the errors for which it does not begin; undefined: its events are in the slot
 */
export async function subscribeInto(
  slot: EventSlot,
  args: SubscriptionArgs,
  stages: ErrorStages,
): Promise<readonly GraphQLFormattedError[] | undefined> {
  const begun = await subscribe(args);
  if (!(Symbol.asyncIterator in begun)) return formatted(begun, stages).errors;
  slot.events = mapped(begun, (result) => formatted(result, stages));
  return undefined;
}

function formatted({ data, errors }: ExecutionResult, stages: ErrorStages): FormattedExecutionResult {
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

/** Not an async generator: the `return` of one waits for the event after the last. */
function mapped<From, To>(
  source: AsyncGenerator<From>,
  change: (value: From) => To,
): AsyncIterableIterator<To> {
  return {
    async next() {
      const { value, done } = await source.next();
      return done ? { value: undefined, done } : { value: change(value), done: false };
    },
    async return() {
      await source.return(undefined);
      return { value: undefined, done: true };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
