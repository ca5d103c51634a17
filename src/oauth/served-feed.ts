import pLimit from 'p-limit';
import { Refusal, unavailable } from '../errors/refusal.ts';
import { catchUp, type FeedHistory, type NewSubscriber } from '../revocation/catch-up.ts';
import type { FeedPublisher } from '../revocation/feed-publisher.ts';
import type { Client, ClientStore } from './client.ts';
import { ClientWatch } from './client-watch.ts';

/** Subscribers that read what they have missed at once; the others wait. */
const CATCHING_UP = 4;

/**
 * Milliseconds: two monotonic clocks, of which a subscriber's freshness is counted by one and told by the other, part
 * by less than a third of a second in this time (docs/revocation-feed.md, freshness).
 */
const LONGEST_SUBSCRIPTION = 300_000;
/** So that those who came together do not come back together. */
const JITTER = 0.2;

/** A connection by which somebody subscribes. */
export interface Subscription extends NewSubscriber {
  onClose(listener: () => void): void;
}

export interface SubscriptionRequest {
  readonly client: Client;
  /** Of the last message that it knows. */
  readonly cursor: string | undefined;
  /** Called when nothing can be refused any more. */
  readonly open: () => Subscription;
}

export interface ServedFeedOptions {
  readonly publisher: FeedPublisher;
  readonly history: FeedHistory;
  readonly clients: Pick<ClientStore, 'find'>;
}

/** The feed of revocations for other services, as one instance serves it: docs/revocation-feed.md. */
export class ServedFeed {
  readonly #publisher: FeedPublisher;
  readonly #history: FeedHistory;
  readonly #watch: ClientWatch;
  readonly #open = new Set<Subscription>();
  #isStopped = false;

  constructor({ publisher, history, clients }: ServedFeedOptions) {
    const limit = pLimit(CATCHING_UP);
    this.#publisher = publisher;
    this.#history = { read: (from) => limit(() => history.read(from)) };
    this.#watch = new ClientWatch(clients);
  }

  /** Subscriptions that are open. */
  get size(): number {
    return this.#open.size;
  }

  /** @throws Refusal UNAVAILABLE; where `open` was called it is that subscription that ends */
  async subscribe({ client, cursor, open }: SubscriptionRequest): Promise<void> {
    if (this.#isStopped || !this.#publisher.isReady) throw unavailable('the feed has not been read yet');
    const source = { publisher: this.#publisher, history: this.#history };
    let opened: Subscription | undefined;
    try {
      await catchUp(source, cursor, () => {
        opened = this.#admit(client, open());
        return opened;
      });
    } catch (error) {
      opened?.end();
      if (opened === undefined || !(error instanceof Refusal)) throw error;
    }
  }

  /** Ends all, and takes no others: they come back elsewhere. */
  stop(): void {
    this.#isStopped = true;
    this.#watch.stop();
    for (const subscription of this.#open) subscription.end();
  }

  #admit(client: Client, subscription: Subscription): Subscription {
    const end = () => subscription.end();
    const late = setTimeout(end, LONGEST_SUBSCRIPTION * (1 - Math.random() * JITTER)).unref();
    const forget = this.#watch.add(client.id, end);
    this.#open.add(subscription);
    subscription.onClose(() => {
      clearTimeout(late);
      forget();
      this.#open.delete(subscription);
      this.#publisher.leave(subscription);
    });
    if (this.#isStopped) end();
    return subscription;
  }
}
