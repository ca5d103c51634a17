import { rateLimited } from '../errors/refusal.ts';
import { KeyedQueue } from '../keyed-queue.ts';
import { KeyedCapacity } from './keyed-capacity.ts';

/**
 * Attempts that may wait in one line: for one user's own logins at once that is plenty. Lines have no bound in common, or
 * one user could fill the room of all.
 */
const MOST_IN_LINE = 64;

/** Milliseconds that an attempt waits for those before it. */
const LONGEST_WAIT = 10_000;

/** Milliseconds after which the head of a line asks again, since attempts of other instances end unheard. */
const POLL = 50;

/** One who waits: whether the place that it wants is decided, or which bucket it must wait for. */
export interface Answer {
  readonly busy: string | undefined;
}

/**
 * Where attempts wait for others in flight: for each bucket one line in the process, first come first served, of which
 * only the head asks the database. Both the lines and the wait have an end (ASVS V15.2.2).
 */
export class WaitingLines {
  readonly #queue = new KeyedQueue();
  readonly #heads = new Map<string, () => void>();
  readonly #room = new KeyedCapacity(MOST_IN_LINE);

  /**
   * Asks until the answer is no longer that one of the buckets is busy.
   *
   * @param bucketIds in the order in which their lines are joined, the same for everyone, so that no two wait for one
   *   another
   * @throws Refusal RATE_LIMITED when too many wait in the first line, or it has waited too long
   */
  async wait<A extends Answer>(bucketIds: readonly string[], ask: () => Promise<A>): Promise<A> {
    const [line = ''] = bucketIds;
    const giveUpAt = performance.now() + LONGEST_WAIT;
    const askInTime = async () => {
      if (performance.now() > giveUpAt) throw rateLimited(1);
      return ask();
    };
    return this.#room.during(line, () => this.#inLines(bucketIds, askInTime));
  }

  /** An attempt in these buckets has ended: the heads of their lines need not wait for their next turn to ask. */
  wake(bucketIds: readonly string[]): void {
    for (const id of bucketIds) this.#heads.get(id)?.();
  }

  async #inLines<A extends Answer>([id, ...others]: readonly string[], ask: () => Promise<A>): Promise<A> {
    if (id === undefined) return ask();
    return this.#queue.run([id], async () => {
      for (;;) {
        const answer = await this.#inLines(others, ask);
        if (answer.busy !== id) return answer;
        await this.#change(id);
      }
    });
  }

  async #change(id: string): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, POLL);
      this.#heads.set(id, () => {
        clearTimeout(timer);
        resolve();
      });
    });
    this.#heads.delete(id);
  }
}
