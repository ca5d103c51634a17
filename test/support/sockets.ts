import { once } from 'node:events';
import { type Client, createClient } from 'graphql-ws';
import { type ClientOptions, WebSocket } from 'ws';
import { until } from './until.ts';

const PROTOCOL = 'graphql-transport-ws';

export interface Message {
  readonly id?: string;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a test reads of a message is what it asserts.
  readonly payload?: any;
}

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

export const MY_EVENTS =
  'subscription { mySessionEvents { kind actor at session { id current endedAt endReason deviceName user { id email } } } }';

/** A bare socket that keeps what came on it. */
export class RawSocket {
  readonly messages: Message[] = [];
  closed: Closed | undefined;

  private constructor(readonly ws: WebSocket) {
    ws.on('message', (data) => this.messages.push(JSON.parse(String(data)) as Message));
    ws.on('close', (code, reason) => {
      this.closed = { code, reason: String(reason) };
    });
    ws.on('error', () => undefined);
  }

  /** Through the handshake. */
  static async open(url: string, options: ClientOptions = {}, protocol = PROTOCOL): Promise<RawSocket> {
    const socket = new RawSocket(new WebSocket(socketUrl(url), protocol, options));
    await once(socket.ws, 'open');
    return socket;
  }

  /** Acknowledged, or closed. */
  static async connect(url: string, accessToken: string, options: ClientOptions = {}): Promise<RawSocket> {
    const socket = await RawSocket.open(url, options);
    socket.init(accessToken);
    await socket.settled('connection_ack');
    return socket;
  }

  /** A subscription to the caller's events that stands. */
  static async subscribed(url: string, accessToken: string): Promise<RawSocket> {
    const socket = await RawSocket.connect(url, accessToken);
    await socket.subscribe();
    return socket;
  }

  init(accessToken: string): void {
    this.say({ type: 'connection_init', payload: { authorization: `Bearer ${accessToken}` } });
  }

  say(message: object | string): void {
    this.ws.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  ask(id: string, query: string, variables: object = {}): void {
    this.say({ id, type: 'subscribe', payload: { query, variables } });
  }

  /** The operation's last word. */
  async answer(id: string, query: string, variables: object = {}): Promise<Message | undefined> {
    this.ask(id, query, variables);
    await until(async () => this.isClosed || this.of(id).some(({ type }) => type !== 'next'));
    return this.of(id)[0];
  }

  /** An operation that is answered behind it tells that the server has it. */
  async subscribe(query = MY_EVENTS, id = 'events'): Promise<void> {
    this.ask(id, query);
    await this.answer(`after ${id}`, '{ me { id } }');
  }

  of(id: string): Message[] {
    return this.messages.filter((message) => message.id === id);
  }

  /** What `next` brought for the subscription. */
  // biome-ignore lint/suspicious/noExplicitAny: likewise.
  get events(): any[] {
    return this.of('events').flatMap(({ type, payload }) => (type === 'next' ? [payload] : []));
  }

  get isClosed(): boolean {
    return this.closed !== undefined;
  }

  /** Waits for a message of this type, or the end. */
  async settled(type: string): Promise<void> {
    await until(async () => this.isClosed || this.messages.some((message) => message.type === type));
  }

  async end(): Promise<Closed> {
    await until(async () => this.isClosed);
    return this.closed ?? { code: 0, reason: '' };
  }

  drop(): void {
    this.ws.terminate();
  }
}

function socketUrl(url: string): string {
  return `${url.replace(/^http/, 'ws')}/graphql`;
}

/** A client of graphql-ws as others use it. */
export function graphqlWsClient(
  url: string | (() => string),
  accessToken: () => string | Promise<string>,
): Client {
  return createClient({
    url: () => socketUrl(typeof url === 'string' ? url : url()),
    webSocketImpl: WebSocket,
    connectionParams: async () => ({ authorization: `Bearer ${await accessToken()}` }),
    retryAttempts: 20,
    retryWait: () => new Promise((resolve) => setTimeout(resolve, 50)),
    shouldRetry: () => true,
  });
}
