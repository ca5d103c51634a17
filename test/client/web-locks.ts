/** Web Locks for Node 20, as far as the client uses them: exclusive ones, `signal` and `steal` (Web Locks §4). */
interface Held {
  readonly stolen: (error: DOMException) => void;
}

const abortError = () => new DOMException('The request was aborted.', 'AbortError');

export class WebLocks {
  readonly #held = new Map<string, Held>();
  readonly #waiting = new Map<string, (() => void)[]>();

  async request<T>(
    name: string,
    options: { signal?: AbortSignal; steal?: boolean },
    callback: () => Promise<T>,
  ): Promise<T> {
    if (options.steal) this.#steal(name);
    else await this.#wait(name, options.signal);
    return this.#hold(name, callback);
  }

  #steal(name: string): void {
    this.#held.get(name)?.stolen(abortError());
    this.#held.delete(name);
  }

  async #wait(name: string, signal?: AbortSignal): Promise<void> {
    while (this.#held.has(name)) {
      await new Promise<void>((resolve, reject) => {
        const queue = this.#waiting.get(name) ?? [];
        this.#waiting.set(name, [...queue, resolve]);
        signal?.addEventListener('abort', () => reject(abortError()));
      });
      signal?.throwIfAborted();
    }
  }

  #hold<T>(name: string, callback: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const held: Held = { stolen: reject };
      this.#held.set(name, held);
      callback()
        .finally(() => this.#release(name, held))
        .then(resolve, reject);
    });
  }

  #release(name: string, held: Held): void {
    if (this.#held.get(name) !== held) return;
    this.#held.delete(name);
    const waiting = this.#waiting.get(name) ?? [];
    this.#waiting.delete(name);
    for (const go of waiting) go();
  }
}
