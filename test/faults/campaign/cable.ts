import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Which way a packet goes: to the server behind the cable, or back. */
export type Direction = 'out' | 'back';

/** One packet that is kept back; the connection stands still behind it. */
export interface Held {
  /** Once it has come. */
  readonly caught: Promise<void>;
  readonly isCaught: () => boolean;
  release(): void;
}

/** Opens once, for all who wait. */
class Gate {
  #open: () => void = () => undefined;
  isOpen = false;
  readonly opened = new Promise<void>((resolve) => {
    this.#open = resolve;
  });

  open(): void {
    this.isOpen = true;
    this.#open();
  }
}

/** Between one instance and its database, or its Redis: it can be cut, jammed, slowed, and one packet kept back. */
export class Cable {
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;
  /** Milliseconds for each packet. */
  #delay = 0;
  #jam: Gate | undefined;
  #hold: ((packet: Buffer, direction: Direction) => Promise<void> | undefined) | undefined;

  constructor(private readonly target: { readonly host: string; readonly port: number }) {}

  /** The same port at every opening. */
  async open(): Promise<number> {
    const server = createServer((client) => this.#join(client));
    this.#server = server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
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

  /** Takes connections and packets, and forwards nothing. */
  jam(): void {
    this.#jam ??= new Gate();
  }

  slow(delay: number): void {
    this.#delay = delay;
  }

  /** Keeps back the first packet that `isMeant`. */
  hold(isMeant: (packet: Buffer, direction: Direction) => boolean): Held {
    const [caught, released] = [new Gate(), new Gate()];
    this.#hold = (packet, direction) => {
      if (caught.isOpen || released.isOpen || !isMeant(packet, direction)) return undefined;
      caught.open();
      return released.opened;
    };
    return {
      caught: caught.opened,
      isCaught: () => caught.isOpen,
      release: () => released.open(),
    };
  }

  /** As good as new; what was kept back goes on. */
  async mend(): Promise<void> {
    this.#delay = 0;
    this.#jam?.open();
    this.#jam = undefined;
    if (this.#server === undefined) await this.open();
  }

  #join(client: Socket): void {
    const upstream = connect(this.target);
    this.#relay(client, upstream, 'out');
    this.#relay(upstream, client, 'back');
  }

  #relay(from: Socket, to: Socket, direction: Direction): void {
    this.#sockets.add(from.setNoDelay(true));
    let last = Promise.resolve();
    from.on('data', (packet) => {
      last = last
        .then(() => this.#pass(packet, direction))
        .then(() => void (to.writable && to.write(packet)));
    });
    from.on('error', () => undefined);
    from.once('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }

  async #pass(packet: Buffer, direction: Direction): Promise<void> {
    if (this.#delay > 0) await sleep(this.#delay);
    await this.#hold?.(packet, direction);
    await this.#jam?.opened;
  }
}
