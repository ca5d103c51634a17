import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Work that runs once for all who ask for it meanwhile. Each of them gets a run that began after it asked, so that what
 * was true then is seen; runs never overlap, and `pace` milliseconds lie between the beginnings of two at least.
 */
export function coalesced<T>(work: () => Promise<T>, pace: number): () => Promise<T> {
  let free: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;
  const begin = () => {
    next = undefined;
    const run = work();
    free = Promise.allSettled([run, sleep(pace, undefined, { ref: false })]);
    return run;
  };
  return () => {
    next ??= free.then(begin);
    return next;
  };
}
