import { inTime } from '../in-time.ts';
import type { ActivityStore } from './activity.ts';
import type { ActivityCounts } from './count-activity.ts';

/** Milliseconds. */
const INTERVAL = 5_000;

/** Milliseconds that a process which ends waits for its last counts to be saved. */
const LAST_SAVE = 1_000;

/** Before a process ends; a database that is away then costs these few seconds of a chart. */
export async function saveLast(counts: ActivityCounts, store: ActivityStore): Promise<void> {
  await soonOrNever(counts.saveTo(store));
}

async function soonOrNever(work: Promise<void>): Promise<void> {
  await inTime(work, LAST_SAVE).catch(() => undefined);
}

/**
 * Saves the counts every few seconds, with a jitter that keeps instances apart.
 *
 * @param onError told of the first failure of a row of them
 * @returns stops it, and saves the last ones
 */
export function startSaving(
  counts: ActivityCounts,
  store: ActivityStore,
  onError: (error: unknown) => void,
): () => Promise<void> {
  let failing = false;
  let saving: Promise<void> | undefined;
  const save = async () => {
    try {
      await counts.saveTo(store);
      failing = false;
    } catch (error) {
      if (!failing) onError(error);
      failing = true;
    }
    saving = undefined;
  };
  const timer = setInterval(
    () => {
      saving ??= save();
    },
    INTERVAL * (0.9 + Math.random() * 0.2),
  ).unref();
  return async () => {
    clearInterval(timer);
    await soonOrNever((saving ?? Promise.resolve()).then(() => counts.saveTo(store)));
  };
}
