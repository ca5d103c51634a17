import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for what must come; what does not come within twenty seconds does not come any more. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 20_000; !(await condition()); await sleep(10)) {
    if (Date.now() > end) throw new Error('What was waited for did not come.');
  }
}
