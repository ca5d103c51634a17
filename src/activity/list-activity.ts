import { badUserInput } from '../errors/refusal.ts';
import { type ActivityKind, type ActivityStore, HOUR, hourOf, KEPT_HOURS } from './activity.ts';

export interface ActivityHour {
  /** Milliseconds of the database's clock. */
  readonly start: number;
  readonly counts: Readonly<Record<ActivityKind, number>>;
}

/**
 * So many hours, oldest first; the last one is that of `now`. One in which nothing happened has zeros.
 *
 * @throws Refusal BAD_USER_INPUT
 */
export async function listActivity(
  store: Pick<ActivityStore, 'since'>,
  hours: number,
  now: number,
): Promise<ActivityHour[]> {
  if (hours < 1 || hours > KEPT_HOURS) {
    const message = `hours must be between 1 and ${KEPT_HOURS}; it is ${hours}.`;
    throw badUserInput('hours', 'OUT_OF_RANGE', message);
  }
  const first = hourOf(now) - (hours - 1) * HOUR;
  const listed = Array.from({ length: hours }, (_, index) => ({
    start: first + index * HOUR,
    counts: { LOGIN: 0, FAILED_LOGIN: 0, REFRESH: 0, REVOCATION: 0 },
  }));
  for (const { hour, kind, count } of await store.since(first)) {
    // None: it is of an hour that has begun since `now`.
    const known = listed[(hour - first) / HOUR];
    if (known !== undefined) known.counts[kind] = count;
  }
  return listed;
}
