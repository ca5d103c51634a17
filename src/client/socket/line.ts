import {
  type Client,
  type ClientOptions,
  createClient,
  type Sink,
  type SubscribePayload,
} from 'graphql-ws/client';
import type { PortcullisError } from '../portcullis-error.ts';
import { BROKEN, type Closing, refusalOfClosing } from './closing.ts';
import type { Emit } from './socket-events.ts';

/** Milliseconds in which a connection is open and acknowledged, or is given up; and a ping is answered. */
const PATIENCE_MS = 10_000;

/** Milliseconds between pings: a browser does not tell of a network that went away silently. */
const PING_MS = 25_000;

export interface LineOptions {
  readonly url: string;
  readonly token: string;
  readonly userId: string | undefined;
  readonly webSocketImpl: unknown;
  readonly emit: Emit;
  /** @returns whether operations were without a connection before this one */
  readonly onServed: (line: Line) => boolean;
  readonly onOver: (line: Line) => void;
}

/**
 * One connection with one access token. It opens with its first operation and closes after the last; once it is over it
 * is not opened again.
 */
export class Line {
  readonly token: string;
  /** Whose it is. */
  readonly userId: string | undefined;
  /** Resolves when it is served, or over before that. */
  readonly opened: Promise<void>;
  /** When it was acknowledged, by the monotonic clock. */
  servedAt: number | undefined;
  closing: Closing | undefined;
  readonly #client: Client;
  readonly #onOver: (line: Line) => void;
  #socket: Pick<WebSocket, 'close'> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #settle: () => void = () => undefined;

  constructor(options: LineOptions) {
    this.token = options.token;
    this.userId = options.userId;
    this.opened = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#onOver = options.onOver;
    this.#client = createClient({
      url: options.url,
      webSocketImpl: options.webSocketImpl,
      connectionParams: { authorization: `Bearer ${options.token}` },
      // What comes next is decided for all connections together.
      retryAttempts: 0,
      keepAlive: PING_MS,
      on: this.#listeners(options),
    });
    this.#giveUpLater();
  }

  get refusal(): PortcullisError | undefined {
    return this.closing && refusalOfClosing(this.closing);
  }

  subscribe(payload: SubscribePayload, sink: Sink): () => void {
    return this.#client.subscribe(payload, sink as Sink<never>);
  }

  /** As if it had been closed so. */
  end(closing: Closing): void {
    this.#over(closing);
    this.#socket?.close(4499, 'Terminated');
  }

  #listeners({ emit, onServed }: LineOptions): NonNullable<ClientOptions['on']> {
    return {
      opened: (socket) => {
        this.#socket = socket as WebSocket;
        emit('opened', socket);
      },
      connected: (socket, payload) => {
        clearTimeout(this.#timer);
        if (this.closing) return;
        this.servedAt = performance.now();
        emit('connected', socket, payload, onServed(this));
        this.#settle();
      },
      ping: (received, payload) => {
        if (!received) this.#giveUpLater();
        emit('ping', received, payload);
      },
      pong: (received, payload) => {
        if (received) clearTimeout(this.#timer);
        emit('pong', received, payload);
      },
      connecting: (isRetry) => emit('connecting', isRetry),
      message: (message) => emit('message', message),
      error: (error) => {
        emit('error', error);
        this.#over(BROKEN);
      },
      closed: (event) => {
        emit('closed', event);
        this.#over(event as Closing);
      },
    };
  }

  #giveUpLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.end(BROKEN), PATIENCE_MS);
  }

  #over({ code, reason }: Closing): void {
    if (this.closing) return;
    clearTimeout(this.#timer);
    this.closing = { code, reason };
    this.#onOver(this);
    this.#settle();
  }
}
