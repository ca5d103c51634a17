/** Milliseconds that a batch waits at most for the one before it: a query that is stuck must not hold the others up. */
const LONGEST_WAIT = 2;

/**
 * When the batches leave. One that finds no query under way leaves at the end of the turn of the event loop; else it
 * gathers until a query is back. So the more requests there are, the more of them share a round trip: also those on new
 * connections, of which libuv accepts one a turn.
 */
export class BatchSchedule {
  readonly #waiting = new Set<() => void>();
  #underWay = 0;

  schedule(dispatch: () => void): void {
    if (this.#underWay === 0) setImmediate(dispatch);
    else this.#wait(dispatch);
  }

  /** Every query that a batch sends runs in here. */
  async run<T>(query: () => Promise<T>): Promise<T> {
    this.#underWay += 1;
    try {
      return await query();
    } finally {
      this.#underWay -= 1;
      for (const leave of this.#waiting) leave();
    }
  }

  #wait(dispatch: () => void): void {
    const leave = () => {
      clearTimeout(late);
      this.#waiting.delete(leave);
      setImmediate(dispatch);
    };
    const late = setTimeout(leave, LONGEST_WAIT);
    this.#waiting.add(leave);
  }
}
