import { isDeepStrictEqual } from 'node:util';
import type { PollOutcome } from './feed-follower.ts';
import { currentMessage, revocationsMessage } from './feed-message.ts';
import type { FeedPage } from './feed-position.ts';
import type { FeedEntry } from './revocation.ts';

/** Who is told what is revoked. */
export interface FeedSubscriber {
  /** `performance.now()` when its request was received: what it is told of freshness counts from then. */
  readonly receivedAt: number;
  send(message: string | Buffer): void;
  /** It comes back with its cursor. */
  end(): void;
}

/** Milliseconds after which a page that brings nothing is told of nevertheless; polls are 350 ms apart at most. */
const HEARTBEAT = 600;

/** What has been published so far. */
interface Place {
  /** Of the newest entry, or of one that is not there any more. */
  readonly sequence: number;
  readonly entry: FeedEntry | undefined;
}

/**
 * Tells all subscribers of an instance what its one poll of the feed has brought. A message is written once, and its bytes
 * are shared by all.
 */
export class FeedPublisher {
  readonly #subscribers = new Set<FeedSubscriber>();
  #place: Place | undefined;
  #toldAt = 0;

  get size(): number {
    return this.#subscribers.size;
  }

  /** Whether it knows how far the feed has been read. */
  get isReady(): boolean {
    return this.#place !== undefined;
  }

  /**
   * To be called in the turn in which the subscriber was sent all up to that entry.
   *
   * @returns false: more has been published meanwhile
   */
  join(subscriber: FeedSubscriber, sequence: number): boolean {
    if (this.#place === undefined || this.#place.sequence > sequence) return false;
    this.#subscribers.add(subscriber);
    return true;
  }

  leave(subscriber: FeedSubscriber): void {
    this.#subscribers.delete(subscriber);
  }

  onPage(page: FeedPage, { begun, isCurrent }: PollOutcome): void {
    const news = this.#place === undefined ? [] : newsIn(page, this.#place);
    if (news === undefined) this.#beginAnew();
    else this.#publish(news);
    if (!isCurrent) return;
    this.#place ??= { sequence: page.head, entry: page.entries.at(-1) };
    this.#prove(begun.monotonic, news?.length !== 0);
  }

  /** Ends all subscriptions. */
  end(): void {
    for (const subscriber of this.#subscribers) subscriber.end();
    this.#subscribers.clear();
  }

  /** Not the feed that it was: a database that took over without its last commits. What was sent may have been lost. */
  #beginAnew(): void {
    this.#place = undefined;
    this.end();
  }

  #publish(news: readonly FeedEntry[]): void {
    const newest = news.at(-1);
    if (newest === undefined) return;
    this.#place = { sequence: newest.sequence, entry: newest };
    if (this.#subscribers.size === 0) return;
    const message = Buffer.from(revocationsMessage(news));
    for (const subscriber of this.#subscribers) subscriber.send(message);
  }

  #prove(begun: number, isNews: boolean): void {
    const now = performance.now();
    if (!isNews && now - this.#toldAt < HEARTBEAT) return;
    this.#toldAt = now;
    for (const subscriber of this.#subscribers)
      subscriber.send(currentMessage(begun - subscriber.receivedAt, this.#place?.entry));
  }
}

/** What a page has beyond a place; undefined: it does not go on from there. */
function newsIn({ entries }: FeedPage, { sequence, entry }: Place): readonly FeedEntry[] | undefined {
  if (entry !== undefined && !isDeepStrictEqual(entries[0], entry)) return undefined;
  const news = entry === undefined ? entries : entries.slice(1);
  return news.every((each, index) => each.sequence === sequence + 1 + index) ? news : undefined;
}
