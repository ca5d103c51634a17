import { type Refusal, unavailable } from '../errors/refusal.ts';

const LONGEST = 10_000;
const SHORTEST = 2_000;

/**
 * How long a refresh may be handled, in milliseconds: no answer may come later than the window is long, or an honest
 * client that has given up and tried again could be taken for a thief (DESIGN section 4, conditions).
 */
export function refreshBudget(grace: number): number {
  return Math.max(SHORTEST, Math.min(LONGEST, grace / 2));
}

/**
 * @param arrivedAt `performance.now()` when the request arrived
 * @throws Refusal UNAVAILABLE past the budget; whether the commit happened is unknown then, and the client's retry
 *   recovers by the rotation table
 */
export async function withinBudget<T>(
  grace: number,
  arrivedAt: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const remaining = refreshBudget(grace) - (performance.now() - arrivedAt);
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => {
        controller.abort();
        reject(spent());
      },
      Math.max(0, remaining),
    );
  });
  try {
    const result = await Promise.race([work(controller.signal), expiry]);
    // A process that was busy or stopped comes to its timers late.
    if (performance.now() - arrivedAt > refreshBudget(grace)) throw spent();
    return result;
  } finally {
    clearTimeout(timer);
  }
}

function spent(): Refusal {
  return unavailable('the time budget of a refresh is spent');
}
