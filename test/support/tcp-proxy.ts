import { setTimeout as sleep } from 'node:timers/promises';
import { type Direction, TcpRelay } from './tcp-relay.ts';

/** Between a server and its database: can be cut like a cable, hold back all that is sent, or be slow. */
export class TcpProxy extends TcpRelay {
  /** Milliseconds by which every piece of an answer comes late. */
  delay = 0;
  #held: Promise<void> = Promise.resolve();
  #release: () => void = () => undefined;

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

  protected override async pass(before: Promise<unknown>, direction: Direction): Promise<void> {
    await Promise.all([before, sleep(direction === 'back' ? this.delay : 0), this.#held]);
    await this.#held;
  }
}
