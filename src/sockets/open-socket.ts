import type { WebSocket } from 'ws';
import type { VerifiedToken } from '../tokens/verified-tokens.ts';
import { type Closing, RESTARTING } from './close-codes.ts';
import type { SocketFacts } from './handshake.ts';

/** Bytes that wait for a reader. One that lets more of them wait is not there, or does not mean to read. */
const MOST_BUFFERED = 1024 * 1024;

/** Operations under way on one socket, subscriptions among them. */
const MOST_OPERATIONS = 32;

/** What the code of a closing is where there was none: the connection was cut off (RFC 6455 §7.4.1). */
const CUT_OFF = 1006;

/** Something that goes on until it is ended. */
interface Stream {
  return?(): Promise<unknown>;
}

/** Whom a socket stands for, once `connection_init` has said so. */
export interface Holder {
  /** As it came in `connection_init`. */
  readonly authorization: string | undefined;
  readonly token: VerifiedToken;
}

/** One socket from its handshake to its end. Once it is closed nothing more is sent on it. */
export class OpenSocket {
  /** Undefined until `connection_init`. */
  holder: Holder | undefined;
  readonly #streams = new Set<Stream>();
  #messages = 0;
  #closing: Closing | undefined;
  #retired = false;
  #hasAnswered = true;
  #expiry: NodeJS.Timeout | undefined;

  /** @param onClose told at once when this side closes it, or when it is found to be closed */
  constructor(
    private readonly ws: WebSocket,
    readonly facts: SocketFacts,
    private readonly onClose: (closing: Closing) => void,
  ) {
    ws.on('pong', () => {
      this.#hasAnswered = true;
    });
    ws.on('ping', (data: Buffer) => this.#whenRead(() => ws.pong(data)));
    // ws says why by the code of the closing, which follows.
    ws.on('error', () => undefined);
    ws.on('close', (code: number) => this.#end({ code, reason: '' }));
  }

  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  /** Whether it takes no more operations, since the server is about to stop. */
  get isRetired(): boolean {
    return this.#retired;
  }

  /** Whether more is under way than may be, the message that asks among it. */
  get isOverloaded(): boolean {
    return this.#messages > MOST_OPERATIONS;
  }

  get subscriptions(): number {
    return this.#streams.size;
  }

  send(text: string): void {
    if (!this.isClosed) this.#whenRead(() => this.ws.send(text));
  }

  close(closing: Closing): void {
    if (this.isClosed) return;
    this.#end(closing);
    this.ws.close(closing.code, closing.reason);
  }

  /** For who does not listen, or must not be waited for. */
  cutOff(): void {
    this.#end({ code: CUT_OFF, reason: '' });
    this.ws.terminate();
  }

  /** Closes it once what is under way has been answered, so that no client asks for it again elsewhere. */
  retire(): void {
    this.#retired = true;
    if (this.#messages === this.#streams.size) this.close(RESTARTING);
  }

  /** Asks whether anybody is there; whoever has not answered the last time is not. */
  beat(): void {
    if (this.#hasAnswered) {
      this.#hasAnswered = false;
      this.ws.ping();
    } else this.cutOff();
  }

  /** @param left milliseconds until then; asked again at that time, since clocks are corrected */
  closeAfter(left: () => number, closing: Closing): void {
    const wait = left();
    if (wait <= 0) this.close(closing);
    else if (!this.isClosed) this.#expiry = setTimeout(() => this.closeAfter(left, closing), wait);
  }

  /** Counts a message as under way until all is sent that comes of it. */
  async handle(message: () => Promise<void>): Promise<void> {
    this.#messages += 1;
    try {
      await message();
    } finally {
      this.#messages -= 1;
      if (this.#retired) this.retire();
    }
  }

  /** Ends with the socket, whatever becomes of the message that asked for it. */
  addStream(stream: Stream): void {
    this.#streams.add(stream);
    if (this.isClosed) void stream.return?.();
  }

  removeStream(stream: Stream): void {
    this.#streams.delete(stream);
  }

  #whenRead(send: () => void): void {
    if (this.ws.bufferedAmount > MOST_BUFFERED) this.cutOff();
    else send();
  }

  #end(closing: Closing): void {
    if (this.#closing !== undefined) return;
    this.#closing = closing;
    clearTimeout(this.#expiry);
    for (const stream of this.#streams) void stream.return?.();
    this.onClose(closing);
  }
}
