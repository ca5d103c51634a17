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
  #connection: Connection | undefined;
  #running: Promise<void> = Promise.resolve();
  #wake: () => void = () => undefined;
  #stopped = false;

  constructor(private readonly options: FeedStreamOptions) {}

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#connection?.cut();
    this.#wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#listen();
      } catch (error) {
        this.#fail(error);
      }
      await this.#pause();
    }
  }

  async #listen(): Promise<void> {
    const connection = new Connection();
    this.#connection = connection;
    const silence = setTimeout(() => connection.cut(), LONGEST_SILENCE);
    let isHeard = false;
    try {
      const asked = processMoment();
      for await (const { id, event, data } of connection.messages(await this.#open(connection))) {
        silence.refresh();
        const message = readMessage(event, data);
        if (message !== undefined) this.options.listener.onMessage(message, asked);
        if (id !== undefined) this.#cursor = id;
        if (message?.kind !== 'current') continue;
        isHeard = true;
        this.#succeed();
      }
      // It ends each subscription now and then, which is no failure.
      if (!isHeard) throw new Error('The issuer has ended the feed');
    } finally {
      clearTimeout(silence);
      connection.cut();
    }
  }

  async #open({ signal }: Connection): Promise<ReadableStream<Uint8Array>> {
    const { url, authorization } = this.options;
    const resume = this.#cursor === undefined ? {} : { 'last-event-id': this.#cursor };
    const headers = { authorization, accept: 'text/event-stream', ...resume };
    const response = await fetch(url, { headers, redirect: 'error', signal });
    if (response.status === 200 && response.body !== null) return response.body;
    await response.body?.cancel();
    throw new Error(`The issuer answered ${response.status} to ${url.pathname}`);
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
    const longest = Math.min(SHORTEST_PAUSE * 2 ** Math.max(0, this.#failures - 1), LONGEST_PAUSE);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, longest * (0.5 + Math.random() / 2));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** One answer of the issuer, which can be cut off while it is waited for and while it is read. */
class Connection {
  readonly #abort = new AbortController();
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  async *messages(body: ReadableStream<Uint8Array>): AsyncGenerator<EventSourceMessage> {
    const reader = body.getReader();
    this.#reader = reader;
    const decoder = new TextDecoder();
    const arrived: EventSourceMessage[] = [];
    const parser = createParser({ onEvent: (message) => void arrived.push(message) });
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
      yield* arrived.splice(0);
    }
  }

  /** The signal alone does not do: once there is an answer, Node may have collected what would have heard of it. */
  cut(): void {
    this.#abort.abort();
    void this.#reader?.cancel().catch(() => undefined);
  }
}
