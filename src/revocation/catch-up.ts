import { cursorOf, sequenceOf } from './feed-cursor.ts';
import { currentMessage, RESUMED, revocationsMessage, SNAPSHOT } from './feed-message.ts';
import { BEGINNING, type FeedPage, type FeedPosition, follow, type Step } from './feed-position.ts';
import type { FeedPublisher, FeedSubscriber } from './feed-publisher.ts';

/** What was published before somebody came. */
export interface FeedHistory {
  /**
   * @param from sequence of its first entry
   * @throws Refusal UNAVAILABLE
   */
  read(from: number): Promise<FeedPage>;
}

export interface NewSubscriber extends FeedSubscriber {
  /** Whether anything can be sent to it. */
  readonly isOpen: boolean;
  /** Resolves when what it was sent has left, or when it is gone. */
  drained(): Promise<void>;
}

interface Beginning {
  readonly greeting: string;
  readonly position: FeedPosition;
}

/**
 * Sends a new subscriber all that it has missed, and then joins it to those who are told what comes. It reads the feed by
 * itself until it has come as far as everybody else; nothing is kept for it meanwhile.
 *
 * @param cursor of the last message that it knows
 * @param open called once the feed has been read for the first time
 * @throws Refusal UNAVAILABLE; before `open` it has been sent nothing
 */
export async function catchUp(
  { publisher, history }: { readonly publisher: FeedPublisher; readonly history: FeedHistory },
  cursor: string | undefined,
  open: () => NewSubscriber,
): Promise<void> {
  const { greeting, position: begin } = await findBeginning(history, cursor);
  let position = begin;
  let subscriber: NewSubscriber | undefined;
  do {
    // The proof is as old as the question.
    const begun = performance.now();
    const page = await history.read(position.last?.sequence ?? 0);
    const step = follow(position, page);
    subscriber ??= greeted(open(), greeting);
    if (!subscriber.isOpen) return;
    // It comes back, and begins as the feed is by then.
    if (isLost(step) || !publisher.isReady) return subscriber.end();
    sendNews(subscriber, page, position);
    position = step.position;
    if (step.isCurrent && publisher.join(subscriber, page.head))
      return subscriber.send(currentMessage(begun - subscriber.receivedAt, page.entries.at(-1)));
    await subscriber.drained();
  } while (subscriber.isOpen);
}

async function findBeginning(history: FeedHistory, cursor: string | undefined): Promise<Beginning> {
  const snapshot = { greeting: SNAPSHOT, position: BEGINNING };
  const sequence = cursor === undefined ? undefined : sequenceOf(cursor);
  if (sequence === undefined) return snapshot;
  const page = await history.read(sequence);
  const [last] = page.entries;
  if (last === undefined || cursorOf(last) !== cursor) return snapshot;
  const position = { last, isSnapshot: false };
  return isLost(follow(position, page)) ? snapshot : { greeting: RESUMED, position };
}

/** What stands in the feed is not what stood there. */
function isLost({ position, isCurrent }: Step): boolean {
  return position.last === undefined && !isCurrent;
}

function greeted(subscriber: NewSubscriber, greeting: string): NewSubscriber {
  subscriber.send(greeting);
  return subscriber;
}

/** Of a snapshot only what still matters. */
function sendNews(
  subscriber: FeedSubscriber,
  { entries, now }: FeedPage,
  { last, isSnapshot }: FeedPosition,
): void {
  const news = last === undefined ? entries : entries.slice(1);
  const effective = isSnapshot ? news.filter(({ effectiveUntil }) => effectiveUntil > now) : news;
  if (effective.length > 0) subscriber.send(revocationsMessage(effective, news));
}
