import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Stands between a server and its database: can be cut like a cable, hold back all that is sent, or be slow. */
export class TcpProxy {
  /** Milliseconds by which every piece of an answer comes late. */
  delay = 0;
  readonly #sockets = new Set<Socket>();
  #held: Promise<void> = Promise.resolve();
  #release: () => void = () => undefined;
  #server: Server | undefined;
  #port = 0;

  constructor(private readonly target: { readonly host: string; readonly port: number }) {}

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

  /** Takes connections as before, and passes nothing on: a black hole. */
  hold(): void {
    this.#held = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  /** Passes on what was held back, and what comes. */
  release(): void {
    this.#release();
  }

  #join(client: Socket): void {
    const upstream = connect(this.target);
    for (const [socket, peer] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        this.#sockets.delete(socket);
        peer.destroy();
      });
    }
    this.#pass(client, upstream, () => 0);
    this.#pass(upstream, client, () => this.delay);
  }

  /** In the order in which it came, the end of it too. */
  #pass(from: Socket, to: Socket, delay: () => number): void {
    let before: Promise<unknown> = Promise.resolve();
    const after = (act: () => void) => {
      const ready = [before, sleep(delay()), this.#held];
      before = Promise.all(ready)
        .then(() => this.#held)
        .then(act);
    };
    from.on('data', (piece) => after(() => void to.write(piece)));
    from.on('end', () => after(() => void to.end()));
  }
}
