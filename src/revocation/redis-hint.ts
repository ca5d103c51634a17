import { createHash, randomUUID } from 'node:crypto';
import { createClient } from 'redis';
import type { Logger } from '../log.ts';

/** Milliseconds. A connection that says nothing for so long, though it is asked, is given up and made anew. */
const LONGEST_SILENCE = 5_000;
const PING_INTERVAL = 2_000;
const CONNECT_TIMEOUT = 2_000;
const LONGEST_RETRY = 2_000;

/** Messages that are on their way to Redis; beyond these, which is when it hangs, they are dropped. */
const MOST_MESSAGES = 1_000;

export interface RedisHintOptions {
  /** `redis://` or `rediss://`; its password is never logged. */
  readonly url: string;
  /** All instances on one database have it in common, and no others. */
  readonly name: string;
  /** Something may have been revoked. */
  readonly onHint: () => void;
  /** What another instance has said by `tell`. */
  readonly onMessage: (message: string) => void;
  readonly log: Logger;
}

/**
 * Tells the other instances by Redis that something was revoked, and hears it from them. It is a hint and no more: what
 * was revoked stands in the feed, which is polled anyway, so that whatever befalls Redis, and whoever can write to it,
 * changes nothing but speed (SECURITY I5).
 *
 * Nothing waits for Redis and nothing queues up: where a hint has not been sent yet, the next one is the same. Messages of
 * other kinds go on a channel of their own, and whoever hears them relies on them as little.
 */
export class RedisHint {
  readonly #publisher: ReturnType<typeof openClient>;
  readonly #subscriber: ReturnType<typeof openClient>;
  readonly #channel: string;
  readonly #messages: string;
  /** Redis brings one's own words back as well. */
  readonly #sender = randomUUID();
  #underWay = 0;
  #isPublishing = false;
  #isDue = false;
  #isFailing = false;
  #isStopped = false;

  constructor(private readonly options: RedisHintOptions) {
    this.#channel = channelOf('revocations', options.name);
    this.#messages = channelOf('sessions', options.name);
    // A connection that subscribes can send nothing else (RESP2).
    this.#publisher = this.#open();
    this.#subscriber = this.#open();
    this.#subscriber.on('ready', () => this.#listen());
  }

  /** After a commit. */
  publish(): void {
    this.#isDue = this.#publisher.isReady;
    if (!this.#isPublishing) void this.#publishDue();
  }

  /** Says something to the other instances. */
  tell(message: string): void {
    if (!this.#publisher.isReady || this.#underWay >= MOST_MESSAGES) return;
    this.#underWay += 1;
    this.#publisher
      .publish(this.#messages, `${this.#sender} ${message}`)
      .catch((error: unknown) => this.#report(error))
      .finally(() => {
        this.#underWay -= 1;
      });
  }

  stop(): void {
    this.#isStopped = true;
    for (const client of [this.#publisher, this.#subscriber]) client.destroy();
  }

  #open(): ReturnType<typeof openClient> {
    const client = openClient(this.options.url);
    client.on('error', (error) => this.#report(error));
    client.on('ready', () => this.#recover());
    // Rejected only by `stop`; until then it is tried again and again.
    client.connect().catch(() => undefined);
    return client;
  }

  #listen(): void {
    // Again after every reconnection: the client keeps one of each listener.
    const listeners = {
      [this.#channel]: this.options.onHint,
      [this.#messages]: this.#hear,
    };
    for (const [channel, listener] of Object.entries(listeners))
      this.#subscriber.subscribe(channel, listener).catch((error: unknown) => this.#report(error));
  }

  readonly #hear = (text: string): void => {
    const [sender = ''] = text.split(' ', 1);
    if (sender !== this.#sender) this.options.onMessage(text.slice(sender.length + 1));
  };

  async #publishDue(): Promise<void> {
    this.#isPublishing = true;
    while (this.#isDue) {
      this.#isDue = false;
      await this.#publisher.publish(this.#channel, '').catch((error: unknown) => this.#report(error));
    }
    this.#isPublishing = false;
  }

  #report(error: unknown): void {
    if (this.#isFailing || this.#isStopped) return;
    this.#isFailing = true;
    const reason = error instanceof Error ? error.message || error.name : 'unknown';
    this.options.log.warn({ reason }, 'Redis does not work; revocations reach other instances by polling');
  }

  #recover(): void {
    if (!this.#isFailing || !this.#publisher.isReady || !this.#subscriber.isReady) return;
    this.#isFailing = false;
    this.options.log.info('Redis works again');
  }
}

/** Milliseconds that a process which is about to end takes to say it. */
const LONGEST_FAREWELL = 1_000;

/** Says it once, for a process that is about to end. Nothing comes of it when Redis does not work. */
export async function sendHint({ url, name }: Pick<RedisHintOptions, 'url' | 'name'>): Promise<void> {
  const client = openClient(url).on('error', () => undefined);
  const late = setTimeout(() => client.destroy(), LONGEST_FAREWELL);
  try {
    await client.connect();
    await client.publish(channelOf('revocations', name), '');
    client.destroy();
  } catch {
    // The feed is polled anyway.
  } finally {
    clearTimeout(late);
  }
}

function channelOf(what: 'revocations' | 'sessions', name: string): string {
  return `portcullis:${what}:${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
}

function openClient(url: string) {
  return createClient({
    url,
    RESP: 2,
    disableOfflineQueue: true,
    pingInterval: PING_INTERVAL,
    socket: {
      connectTimeout: CONNECT_TIMEOUT,
      socketTimeout: LONGEST_SILENCE,
      reconnectStrategy: (retries) => Math.min(100 * 2 ** Math.min(retries, 5), LONGEST_RETRY),
    },
  });
}
