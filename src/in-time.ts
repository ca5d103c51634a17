import { unavailable } from './errors/refusal.ts';

/**
 * The result of work that is not waited for any longer than so many milliseconds. The work itself goes on: whoever does it
 * has a bound of its own.
 *
 * @throws Refusal UNAVAILABLE; what `work` throws
 */
export async function inTime<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const giveUp = () => reject(unavailable(`no answer within ${milliseconds} ms`));
    // A process that was busy, or stopped, comes to its timers before it comes to the answers that are there already.
    timer = setTimeout(() => setImmediate(giveUp), milliseconds).unref();
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
