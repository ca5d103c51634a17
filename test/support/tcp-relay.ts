import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Which way a piece goes: to the server behind, or back. */
export type Direction = 'out' | 'back';

/** Stands between a client and the server behind it, and can be cut like a cable. */
export abstract class TcpRelay {
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;

  constructor(private readonly target: { readonly host: string; readonly port: number }) {}

  get isOpen(): boolean {
    return this.#server !== undefined;
  }

  /** The same port at every opening. */
  async open(): Promise<number> {
    this.#server = createServer((client) => this.#join(client));
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    this.#port = typeof address === 'object' && address !== null ? address.port : 0;
    return this.#port;
  }

  /** Ends every connection and takes no new one. */
  async cut(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    const closed = server === undefined ? undefined : once(server.close(), 'close');
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /**
   * Called when a piece has come; it goes on when this is done.
   *
   * @param before done when the piece before it has gone on
   * @param piece undefined: the end
   */
  protected abstract pass(
    before: Promise<unknown>,
    direction: Direction,
    piece: Buffer | undefined,
  ): Promise<void>;

  #join(client: Socket): void {
    const upstream = connect(this.target);
    this.#relay(client, upstream, 'out');
    this.#relay(upstream, client, 'back');
  }

  /** In the order in which it came, the end of it too. */
  #relay(from: Socket, to: Socket, direction: Direction): void {
    this.#sockets.add(from.setNoDelay(true));
    let before: Promise<unknown> = Promise.resolve();
    from.on('data', (piece: Buffer) => {
      before = this.pass(before, direction, piece).then(() => void (to.writable && to.write(piece)));
    });
    from.on('end', () => {
      before = this.pass(before, direction, undefined).then(() => void to.end());
    });
    from.on('error', () => undefined);
    from.once('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}
