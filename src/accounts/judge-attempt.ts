import { type BucketRule, clearedBucket, type LoginBucket } from './login-bucket.ts';

/** Milliseconds after which an attempt that nobody settled counts as failed: its process is gone. */
export const LONGEST_FLIGHT = 30_000;

const SHORTEST_PAUSE = 1_000;
const LONGEST_PAUSE = 15 * 60_000;

/** A locked bucket and the rule it is judged by. */
export interface RuledBucket {
  readonly bucket: LoginBucket;
  readonly rule: BucketRule;
}

export type Judgement =
  /** The password may be checked; `next` must be written before it is. */
  | { readonly verdict: 'GRANTED'; readonly next: readonly LoginBucket[] }
  /** Only attempts in flight stand in the way: how they end decides. */
  | { readonly verdict: 'BUSY'; readonly bucketId: string }
  | { readonly verdict: 'REFUSED'; readonly bucketId: string; readonly until: number };

type Refused = Extract<Judgement, { verdict: 'REFUSED' }>;

/**
 * Whether a password may be checked, judged by every bucket that the attempt concerns. An attempt is counted before it
 * is checked, so that however many come at once no more are checked than may fail (ASVS V6.3.1).
 *
 * @param now milliseconds of the database's clock, read under the locks of the buckets
 * @param arrivedAt when the attempt came, by the same clock
 */
export function judgeAttempt(buckets: readonly RuledBucket[], now: number, arrivedAt: number): Judgement {
  const judged = buckets.map((ruled) => judgeOne(ruled, now, arrivedAt));
  const refused = judged.filter((each): each is Refused => each.verdict === 'REFUSED');
  const [latest] = refused.sort((a, b) => b.until - a.until);
  const busy = judged.find(({ verdict }) => verdict === 'BUSY');
  const next = judged.flatMap((each) => (each.verdict === 'GRANTED' ? each.next : []));
  return latest ?? busy ?? { verdict: 'GRANTED', next };
}

function judgeOne({ bucket, rule }: RuledBucket, now: number, arrivedAt: number): Judgement {
  const current = asOf(bucket, now);
  const { id: bucketId, failures, inFlight, lastFailedAt, windowEndsAt } = current;
  const settled = failures - inFlight;
  if (failures < rule.free) return granted(current, rule, now);
  if (settled >= rule.limit) return { verdict: 'REFUSED', bucketId, until: windowEndsAt };
  if (settled < rule.free) return { verdict: 'BUSY', bucketId };
  // From here on one at a time, each after a pause. Whoever came before the pause began has had the chance that came of
  // it, or else a slow server would check more of a crowd than a quick one.
  const pauseEndsAt = Math.min(lastFailedAt + pauseAfter(settled - rule.free), windowEndsAt);
  if (now < pauseEndsAt || arrivedAt < lastFailedAt)
    return { verdict: 'REFUSED', bucketId, until: pauseEndsAt };
  return inFlight > 0 ? { verdict: 'BUSY', bucketId } : granted(current, rule, now);
}

/** The bucket as it stands at `now`: a window that is over, or a flight that nobody will settle, written out. */
function asOf(bucket: LoginBucket, now: number): LoginBucket {
  if (now >= bucket.windowEndsAt) return clearedBucket(bucket);
  return now >= bucket.inFlightUntil ? { ...bucket, inFlight: 0 } : bucket;
}

function granted(bucket: LoginBucket, rule: BucketRule, now: number): Judgement {
  const next = {
    ...bucket,
    failures: bucket.failures + 1,
    inFlight: bucket.inFlight + 1,
    inFlightUntil: now + LONGEST_FLIGHT,
    windowEndsAt: bucket.failures === 0 ? now + rule.window : bucket.windowEndsAt,
  };
  return { verdict: 'GRANTED', next: [expiring(next)] };
}

/** A place in a bucket that an attempt holds while its password is checked. */
export interface Reservation {
  readonly bucketId: string;
  /** Names the window: what happens in another one is not this attempt's to count. */
  readonly windowEndsAt: number;
  /** From then on it has been counted as failed. */
  readonly until: number;
}

export function reservationIn({ id, windowEndsAt, inFlightUntil }: LoginBucket): Reservation {
  return { bucketId: id, windowEndsAt, until: inFlightUntil };
}

/** CLEARED: it succeeded, and no failure before it counts any more; RELEASED: it never was a guess. */
export type SettledAs = 'FAILED' | 'RELEASED' | 'CLEARED';

export interface Settlement {
  readonly next: LoginBucket;
  /** Whether this failure was the first to cost a pause, or the last one that the limit allows. */
  readonly closed: boolean;
}

/**
 * What becomes of a bucket when an attempt ends.
 *
 * @returns undefined: the attempt came too late and stays counted
 */
export function settleAttempt(
  { bucket, rule }: RuledBucket,
  reservation: Reservation,
  end: SettledAs,
  now: number,
): Settlement | undefined {
  const sameWindow = bucket.windowEndsAt === reservation.windowEndsAt;
  if (!sameWindow || now >= reservation.until || bucket.inFlight === 0) return undefined;
  const landed = { ...bucket, inFlight: bucket.inFlight - 1 };
  if (end === 'FAILED') return failed(landed, rule, now);
  const next =
    end === 'CLEARED'
      ? { ...landed, failures: landed.inFlight }
      : { ...landed, failures: landed.failures - 1 };
  return { next: expiring(next), closed: false };
}

function failed(bucket: LoginBucket, { free, limit }: BucketRule, now: number): Settlement {
  const settled = bucket.failures - bucket.inFlight;
  // The clock is read before the bucket is locked: somebody else's failure may be later than that.
  const lastFailedAt = Math.max(bucket.lastFailedAt, now);
  return { next: { ...bucket, lastFailedAt }, closed: settled === free || settled === limit };
}

/** 1 s, 2 s, 4 s, … up to 15 min (exponential back-off, OWASP Authentication Cheat Sheet). */
function pauseAfter(pausesBefore: number): number {
  return Math.min(SHORTEST_PAUSE * 2 ** pausesBefore, LONGEST_PAUSE);
}

function expiring(bucket: LoginBucket): LoginBucket {
  const { failures, windowEndsAt, knownUntil } = bucket;
  return { ...bucket, expiresAt: Math.max(failures > 0 ? windowEndsAt : 0, knownUntil) };
}
