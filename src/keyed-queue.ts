/**
 * Lets those who want the same rows wait in the process, before they take a connection: waiters on one user's row would
 * otherwise hold the whole pool (SECURITY I10).
 */
export class KeyedQueue {
  readonly #last = new Map<string, Promise<void>>();
  #waiting = 0;

  /** How many have asked and not begun yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Runs `work` when everyone who came before for any of `keys` is done; places are taken at once, so no deadlock. */
  async run<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    const earlier = keys.map((key) => this.#last.get(key));
    const { promise: turn, resolve: done } = withResolvers();
    for (const key of keys) this.#last.set(key, turn);
    this.#waiting += 1;
    await Promise.all(earlier);
    this.#waiting -= 1;
    try {
      return await work();
    } finally {
      for (const key of keys) if (this.#last.get(key) === turn) this.#last.delete(key);
      done();
    }
  }
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
