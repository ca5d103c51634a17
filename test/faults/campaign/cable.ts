import { setTimeout as sleep } from 'node:timers/promises';
import { type Direction, TcpRelay } from '../../support/tcp-relay.ts';

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
export class Cable extends TcpRelay {
  /** Milliseconds for each packet. */
  #delay = 0;
  #jam: Gate | undefined;
  #hold: ((packet: Buffer, direction: Direction) => Promise<void> | undefined) | undefined;

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
    if (!this.isOpen) await this.open();
  }

  protected override async pass(
    before: Promise<unknown>,
    direction: Direction,
    packet: Buffer | undefined,
  ): Promise<void> {
    await before;
    if (this.#delay > 0) await sleep(this.#delay);
    if (packet !== undefined) await this.#hold?.(packet, direction);
    await this.#jam?.opened;
  }
}
