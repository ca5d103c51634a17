import { unavailable } from './errors/refusal.ts';

/** Who may stand in one line. They wait for milliseconds each; a line as long as this one does not move. */
const MOST_IN_LINE = 1_000;

interface Line {
  last: Promise<unknown>;
  length: number;
}

/**
 * Lets those who want the same rows wait in the process, before they take a connection: waiters on one user's row would
 * otherwise hold the whole pool (SECURITY I10).
 */
export class KeyedQueue {
  readonly #lines = new Map<string, Line>();
  #waiting = 0;

  /** How many have asked and not begun yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Runs `work` when everyone who came before for any of `keys` is done; places are taken at once, so no deadlock.
   *
   * @param signal aborted: leaves the line, if its turn has not come
   * @throws Refusal UNAVAILABLE when it left, or the line was too long; what `work` throws
   */
  async run<T>(keys: readonly string[], work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const lines = keys.map((key) => this.#lines.get(key) ?? { last: Promise.resolve(), length: 0 });
    if (lines.some(({ length }) => length >= MOST_IN_LINE)) throw unavailable('the line is too long');
    const earlier = Promise.all(lines.map(({ last }) => last));
    const { promise: turn, resolve: done } = withResolvers();
    for (const [index, line] of lines.entries()) {
      this.#lines.set(keys[index] ?? '', line);
      line.last = turn;
      line.length += 1;
    }
    this.#waiting += 1;
    try {
      await unlessAborted(earlier, signal).finally(() => {
        this.#waiting -= 1;
      });
      return await work();
    } finally {
      // Those behind one who has left still wait for those before it.
      void earlier.then(() => {
        this.#leave(keys);
        done();
      });
    }
  }

  #leave(keys: readonly string[]): void {
    for (const key of keys) {
      const line = this.#lines.get(key);
      if (line === undefined) continue;
      line.length -= 1;
      if (line.length === 0) this.#lines.delete(key);
    }
  }
}

async function unlessAborted(earlier: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  const { promise: aborted, resolve: abort } = withResolvers();
  signal?.addEventListener('abort', abort);
  if (!signal?.aborted) await Promise.race([earlier, aborted]);
  signal?.removeEventListener('abort', abort);
  if (signal?.aborted) throw unavailable('given up before its turn came');
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
