import {
  type FormattedExecutionResult,
  type GraphQLFormattedError,
  type SubscriptionArgs,
  subscribe,
} from 'graphql';
import { type ErrorStages, formatResult } from './format-result.ts';

/** Where the pipeline of a request leaves the events of a subscription, which no answer could hold. */
export interface EventSlot {
  events: AsyncIterableIterator<FormattedExecutionResult> | undefined;
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
  if (!(Symbol.asyncIterator in begun)) return formatResult(begun, stages).errors;
  slot.events = mapped(begun, (result) => formatResult(result, stages));
  return undefined;
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
