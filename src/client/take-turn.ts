import { within } from './within.ts';

/**
 * Milliseconds that one waits for its turn. Who holds it has given its request up by then (GIVE_UP_MS), unless its page
 * is frozen: that one is overtaken. The spread keeps those who wait from overtaking one another.
 */
const WAIT_MS = 12_000;
const SPREAD_MS = 2_000;

/** Runs tasks one after the other. */
export type TakeTurn = <T>(task: () => Promise<T>) => Promise<T>;

/** In all tabs of the origin by Web Locks; where there are none, in this one. */
export function turnsOf(name: string, locks: LockManager | undefined): TakeTurn {
  return locks ? acrossTabs(name, locks) : inProcess();
}

/** Whoever is overtaken goes on as well: what both get is for the server to judge, which allows for it. */
function acrossTabs(name: string, locks: LockManager): TakeTurn {
  return async (task) => {
    let running: ReturnType<typeof task> | undefined;
    const start = () => {
      running ??= task();
      return running;
    };
    await within(WAIT_MS + SPREAD_MS * Math.random(), (signal) => locks.request(name, { signal }, start))
      .catch(() => running ?? locks.request(name, { steal: true }, start))
      .catch(() => undefined);
    return start();
  };
}

/** Every task gives up by itself: requests have their limit, and a process does not freeze by halves. */
function inProcess(): TakeTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const turn = last.then(task);
    last = turn.catch(() => undefined);
    return turn;
  };
}
