import type { AuditEvent, RequestOrigin } from '../audit/event.ts';
import type { BucketKind, NamedBucket } from './bucket-names.ts';
import { type Reservation, type SettledAs, settleAttempt } from './judge-attempt.ts';
import {
  type BucketRule,
  type BucketTransaction,
  emptyBucket,
  knownBucket,
  type LoginBucket,
} from './login-bucket.ts';

/** Milliseconds for which an account knows an address, from its last login from there. */
const KNOWN = 30 * 24 * 3_600_000;

/**
 * What nobody but the owner can come by. The other buckets outlive a success: whoever guesses could reset that of an
 * address by logging in to an account of their own, and neighbours behind a known address would be let go on whenever the
 * owner signs in.
 */
const OWN: BucketKind = 'device';

/** Where an attempt comes from, as the security log tells it. */
export interface AttemptSource {
  /** A session of the user whose password it is, live or ended, that the request proves to have had; null: none. */
  readonly sessionId: string | null;
  readonly origin: RequestOrigin;
}

/** A place that an attempt holds in a bucket. */
export interface Place {
  readonly named: NamedBucket;
  readonly rule: BucketRule;
  readonly reservation: Reservation;
}

/** One password that is being checked. It counts as failed until one of its methods has been committed. */
export class LoginAttempt {
  #isSettled = false;

  /** @param known the address that the account shall know after a success */
  constructor(
    private readonly places: readonly Place[],
    private readonly known: NamedBucket | undefined,
    private readonly source: AttemptSource,
  ) {}

  /** Whether it was found out how it ended, if not by a success, which is one only when its transaction is committed. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** The password was right. */
  async succeed(tx: BucketTransaction): Promise<void> {
    await this.#settle(tx, ({ kind }) => (kind === OWN ? 'CLEARED' : 'RELEASED'), this.known);
  }

  /**
   * The password was wrong. A bucket that this closes is told to the security log, once: a flood must not write.
   *
   * @param userId null: no account has the e-mail
   */
  async fail(tx: BucketTransaction, userId: string | null): Promise<void> {
    this.#isSettled = true;
    const closed = await this.#settle(tx, () => 'FAILED');
    if (closed.length > 0) await tx.record(closed.map(({ named }) => this.#throttled(named, userId, tx.now)));
  }

  /** It was no guess: nothing is counted. */
  async release(tx: BucketTransaction): Promise<void> {
    this.#isSettled = true;
    await this.#settle(tx, () => 'RELEASED');
  }

  /** @returns the places whose buckets it has closed */
  async #settle(
    tx: BucketTransaction,
    endOf: (named: NamedBucket) => SettledAs,
    known?: NamedBucket,
  ): Promise<Place[]> {
    const ids = [...this.places.map(({ named }) => named.id), ...(known ? [known.id] : [])];
    if (ids.length === 0) return [];
    const before = new Map((await tx.loginBuckets(ids)).map((bucket) => [bucket.id, bucket]));
    const after = new Map(before);
    const closed = this.places.filter((place) => settlePlace(after, place, endOf(place.named), tx.now));
    if (known !== undefined) after.set(known.id, nowKnown(known, after.get(known.id), tx.now));
    await saveChanged(tx, before, after);
    return closed;
  }

  #throttled({ kind }: NamedBucket, userId: string | null, at: number): AuditEvent {
    const { sessionId, origin } = this.source;
    return {
      type: 'LOGIN_THROTTLED',
      at,
      actorId: null,
      userId: kind === 'address' ? null : userId,
      sessionId: kind === 'device' ? sessionId : null,
      ...origin,
      detail: kind,
    };
  }
}

/** @returns whether the bucket closed by it */
function settlePlace(
  buckets: Map<string, LoginBucket>,
  { named, rule, reservation }: Place,
  end: SettledAs,
  now: number,
): boolean {
  const bucket = buckets.get(named.id);
  const settlement = bucket && settleAttempt({ bucket, rule }, reservation, end, now);
  if (settlement === undefined) return false;
  buckets.set(named.id, settlement.next);
  return settlement.closed;
}

function nowKnown({ id, accountId }: NamedBucket, bucket: LoginBucket | undefined, now: number): LoginBucket {
  return knownBucket(bucket ?? emptyBucket(id, accountId), now + KNOWN);
}

async function saveChanged(
  tx: BucketTransaction,
  before: ReadonlyMap<string, LoginBucket>,
  after: ReadonlyMap<string, LoginBucket>,
): Promise<void> {
  for (const [id, bucket] of after) {
    if (bucket !== before.get(id)) await tx.saveLoginBucket(bucket, before.get(id));
  }
}
