import type { ServerResponse } from 'node:http';

/** Bytes that a client may leave untaken. */
const MOST_WAITING = 1024 * 1024;

/** Milliseconds that a client may take for what is sent to it while it catches up. */
const LONGEST_WAIT = 10_000;

/** An answer of server-sent events. Nothing is buffered for a client that does not read: it is cut off. */
export class EventStream {
  constructor(
    private readonly response: ServerResponse,
    /** `performance.now()` when the request was received. */
    readonly receivedAt: number,
  ) {}

  send(message: string | Buffer): void {
    if (!this.isOpen) return;
    this.response.write(message);
    if (this.response.writableLength > MOST_WAITING) this.response.destroy();
  }

  end(): void {
    if (this.isOpen) this.response.end();
  }

  /** @param listener called once, at once if it is closed already */
  onClose(listener: () => void): void {
    if (this.response.closed) listener();
    else this.response.once('close', listener);
  }

  /** Waits until what was sent has left; a client that does not take it is cut off. */
  async drained(): Promise<void> {
    if (this.isOpen && this.response.writableNeedDrain) await this.#drain();
  }

  get isOpen(): boolean {
    return !this.response.writableEnded && !this.response.destroyed;
  }

  #drain(): Promise<void> {
    return new Promise((resolve) => {
      const late = setTimeout(() => this.response.destroy(), LONGEST_WAIT).unref();
      const done = () => {
        clearTimeout(late);
        this.response.off('drain', done).off('close', done);
        resolve();
      };
      this.response.on('drain', done).on('close', done);
    });
  }
}
