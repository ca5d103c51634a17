import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from './service.ts';
import { until } from './until.ts';

/** A message of the feed, as a service reads it. */
export interface FeedMessage {
  readonly event: string;
  readonly id: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: what a test reads of a message is what it asserts.
  readonly data: any;
  /** `performance.now()` when it was read. */
  readonly readAt: number;
}

interface Asked {
  readonly cursor?: string | undefined;
  /** Where the cursor stands; the header unless it is said. */
  readonly by?: 'header' | 'query';
  readonly headers?: Readonly<Record<string, string>>;
}

const open = new Set<FeedReader>();

/** For suites that read feeds: closes what a test left open. */
export function withFeedReaders(): void {
  afterEach(() => {
    for (const reader of open) reader.close();
  });
}

/** Reads the feed of one connection. */
export class FeedReader {
  readonly messages: FeedMessage[] = [];
  /** Every revocation that it was told of. */
  readonly entries: Record<string, unknown>[] = [];
  readonly #ended = new Set<unknown>();
  /** `performance.now()` before the request was sent. */
  readonly sentAt = performance.now();
  readonly #request: ClientRequest;
  #text = '';
  /** How the answer ended: in the regular way, or cut off. */
  ended: 'regularly' | 'cut off' | undefined;
  response: IncomingMessage | undefined;

  constructor(url: string, { authorization }: Pick<Service, 'authorization'>, asked: Asked = {}) {
    const { cursor, by = 'header', headers = {} } = asked;
    const path = by === 'query' && cursor !== undefined ? `?cursor=${encodeURIComponent(cursor)}` : '';
    const resume = by === 'header' && cursor !== undefined ? { 'last-event-id': cursor } : {};
    this.#request = request(`${url}/revocations${path}`, {
      agent: false,
      headers: { authorization, ...resume, ...headers },
    });
    open.add(this);
    this.#request.on('response', (response) => this.#read(response)).on('error', () => this.#end('cut off'));
    this.#request.end();
  }

  /** As a service comes in: an instance that has just started, or cannot read the feed, is asked again. */
  static async admitted(
    url: string,
    service: Pick<Service, 'authorization'>,
    asked?: Asked,
  ): Promise<FeedReader> {
    for (;;) {
      const reader = new FeedReader(url, service, asked);
      await until(async () => reader.status !== undefined);
      if (reader.status === 200) return reader;
      await sleep(20);
    }
  }

  get status(): number | undefined {
    return this.response?.statusCode;
  }

  /** Of the last message that had one. */
  get cursor(): string | undefined {
    return this.messages.findLast(({ id }) => id !== undefined)?.id;
  }

  get events(): string[] {
    return this.messages.map(({ event }) => event);
  }

  hasEnded(sessionId: string): boolean {
    return this.#ended.has(sessionId);
  }

  async current(): Promise<this> {
    await until(async () => this.messages.some(({ event }) => event === 'current'));
    return this;
  }

  async heard(...sessionIds: string[]): Promise<void> {
    await until(async () => sessionIds.every((id) => this.hasEnded(id)));
  }

  async over(): Promise<'regularly' | 'cut off' | undefined> {
    await until(async () => this.ended !== undefined);
    return this.ended;
  }

  /** Takes nothing more from the connection. */
  stopReading(): void {
    this.response?.pause();
  }

  close(): void {
    open.delete(this);
    this.#request.destroy();
  }

  #read(response: IncomingMessage): void {
    this.response = response.setEncoding('utf8');
    response.on('data', (text: string) => this.#take(text));
    response.on('end', () => this.#end('regularly')).on('error', () => this.#end('cut off'));
  }

  #end(how: 'regularly' | 'cut off'): void {
    this.ended ??= how;
  }

  #take(text: string): void {
    const parts = (this.#text + text).split('\n\n');
    this.#text = parts.pop() ?? '';
    for (const message of parts.map(parse)) this.#hear(message);
  }

  #hear(message: FeedMessage): void {
    this.messages.push(message);
    if (message.event !== 'revocations') return;
    for (const entry of message.data) {
      this.entries.push(entry);
      this.#ended.add(entry.sid);
    }
  }
}

function parse(block: string): FeedMessage {
  const fields = new Map(
    block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  );
  const data = JSON.parse(fields.get('data') ?? 'null') as unknown;
  return { event: fields.get('event') ?? '', id: fields.get('id'), data, readAt: performance.now() };
}
