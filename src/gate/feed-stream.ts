import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { type Moment, processMoment } from '../revocation/freshness.ts';
import { type FeedMessage, readMessage } from './feed-messages.ts';

/** Milliseconds without a word after which the connection is given up; the issuer speaks once a second at least. */
const LONGEST_SILENCE = 3_000;

/** Milliseconds before the feed is asked for again, doubled with every failure up to the longest. */
const SHORTEST_PAUSE = 100;
const LONGEST_PAUSE = 2_000;

export interface FeedStreamOptions {
  readonly url: URL;
  readonly authorization: string;
  readonly listener: FeedStreamListener;
}

export interface FeedStreamListener {
  /** @param asked when the request was sent to which this is a part of the answer */
  onMessage(message: FeedMessage, asked: Moment): void;
  /** The feed cannot be heard; told once until it is heard again. */
  onFailure(error: unknown): void;
  onRecovery(): void;
}

/** Hears the issuer's feed of revocations, whatever fails, each time from where it was cut off (docs/revocation-feed.md). */
export class FeedStream {
  #cursor: string | undefined;
  #failures = 0;
  #connection = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #wake: () => void = () => undefined;
  #stopped = false;

  constructor(private readonly options: FeedStreamOptions) {}

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#connection.abort();
    this.#wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#listen();
        this.#fail(new Error('The issuer has ended the feed'));
      } catch (error) {
        this.#fail(error);
      }
      await this.#pause();
    }
  }

  async #listen(): Promise<void> {
    this.#connection = new AbortController();
    const silence = setTimeout(() => this.#connection.abort(), LONGEST_SILENCE);
    try {
      const asked = processMoment();
      const body = await this.#open();
      for await (const { id, event, data } of messagesOf(body)) {
        silence.refresh();
        const message = readMessage(event, data);
        if (message !== undefined) this.options.listener.onMessage(message, asked);
        if (id !== undefined) this.#cursor = id;
        if (message?.kind === 'current') this.#succeed();
      }
    } finally {
      clearTimeout(silence);
      this.#connection.abort();
    }
  }

  async #open(): Promise<ReadableStream<Uint8Array>> {
    const { url, authorization } = this.options;
    const resume = this.#cursor === undefined ? {} : { 'last-event-id': this.#cursor };
    const headers = { authorization, accept: 'text/event-stream', ...resume };
    const response = await fetch(url, { headers, redirect: 'error', signal: this.#connection.signal });
    if (response.status !== 200 || response.body === null)
      throw new Error(`The issuer answered ${response.status} to ${url.pathname}`);
    return response.body;
  }

  #succeed(): void {
    if (this.#failures > 0) this.options.listener.onRecovery();
    this.#failures = 0;
  }

  #fail(error: unknown): void {
    if (this.#failures === 0 && !this.#stopped) this.options.listener.onFailure(error);
    this.#failures += 1;
  }

  #pause(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    const longest = Math.min(SHORTEST_PAUSE * 2 ** (this.#failures - 1), LONGEST_PAUSE);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, longest * (0.5 + Math.random() / 2));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

async function* messagesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<EventSourceMessage> {
  const decoder = new TextDecoder();
  const arrived: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (message) => void arrived.push(message) });
  for await (const bytes of body) {
    parser.feed(decoder.decode(bytes, { stream: true }));
    yield* arrived.splice(0);
  }
}
