import { rateLimited } from '../errors/refusal.ts';
import type { BucketNames } from './bucket-names.ts';
import { forgetAddresses } from './forget-addresses.ts';
import { type Judgement, judgeAttempt, reservationIn } from './judge-attempt.ts';
import { KeyedCapacity } from './keyed-capacity.ts';
import { type AttemptSource, LoginAttempt, type Place } from './login-attempt.ts';
import { type BucketStore, type BucketTransaction, emptyBucket } from './login-bucket.ts';
import {
  AttemptPlanner,
  type LoginSubject,
  type Plan,
  type PlannedBucket,
  type ThrottleLimits,
} from './plan-attempt.ts';
import { RecentRefusals } from './recent-refusals.ts';
import { WaitingLines } from './waiting-lines.ts';

/**
 * Attempts of known devices that one address may have under way. Their failures are counted for each device alone, and
 * whoever has many sessions of an own account has many devices: together they could fill the queue for hashing.
 */
const MOST_OF_ADDRESS = 64;

/**
 * Bounds how many passwords can be tried, by account and by address (ASVS V6.3.1). Whoever had a session of the account,
 * or comes from where a login of it succeeded, has a bucket of their own, so that strangers cannot lock its owner out.
 */
export class LoginThrottle {
  readonly #lines = new WaitingLines();
  readonly #refusals = new RecentRefusals();
  readonly #crowds = new KeyedCapacity(MOST_OF_ADDRESS);
  readonly #planner: AttemptPlanner | undefined;

  /** @param limits undefined: nothing is counted */
  constructor(
    private readonly store: BucketStore,
    private readonly names: BucketNames,
    limits: ThrottleLimits | undefined,
  ) {
    this.#planner = limits && new AttemptPlanner(store, names, limits);
  }

  /**
   * Runs `work`, which checks the password, once the attempt is counted. `work` settles it in the transaction that it
   * writes anyway; what it throws unsettled, such as UNAVAILABLE, was no guess and is not counted.
   *
   * @throws Refusal RATE_LIMITED; what `work` throws
   */
  async duringLogin<T>(subject: LoginSubject, work: (attempt: LoginAttempt) => Promise<T>): Promise<T> {
    const plan = await this.#planner?.login(subject);
    const during = () => this.#during(plan, subject, work);
    return plan?.unjudged === undefined ? during() : this.#crowds.during(plan.unjudged.id, during);
  }

  /** The same for an account that is about to be created. */
  async duringRegistration<T>(
    subject: Pick<LoginSubject, 'email' | 'origin' | 'arrivedAt'>,
    work: (attempt: LoginAttempt) => Promise<T>,
  ): Promise<T> {
    const plan = this.#planner?.registration(subject);
    return this.#during(plan, { ...subject, sessionId: null }, work);
  }

  /** Whoever knew the old password has its addresses too (see `forgetAddresses`). @param email normalised */
  async forgetAddresses(tx: BucketTransaction, email: string): Promise<void> {
    await forgetAddresses(tx, this.names, email);
  }

  async #during<T>(
    { buckets, known }: Plan = { buckets: [], known: undefined },
    subject: AttemptSource & Pick<LoginSubject, 'arrivedAt'>,
    work: (attempt: LoginAttempt) => Promise<T>,
  ): Promise<T> {
    const attempt = new LoginAttempt(await this.#reserve(buckets, subject.arrivedAt), known, subject);
    try {
      return await work(attempt);
    } catch (error) {
      if (!attempt.isSettled) await this.#giveBack(attempt);
      throw error;
    } finally {
      this.#lines.wake(idsOf(buckets));
    }
  }

  /** What cannot be given back, since the database is away, stays counted. */
  async #giveBack(attempt: LoginAttempt): Promise<void> {
    await this.store.transactBuckets((tx) => attempt.release(tx)).catch(() => undefined);
  }

  /** @throws Refusal RATE_LIMITED */
  async #reserve(buckets: readonly PlannedBucket[], arrivedAt: number): Promise<readonly Place[]> {
    if (buckets.length === 0) return [];
    const ids = idsOf(buckets);
    await this.#refuseClosed(ids);
    const { places } = await this.#lines.wait(ids, async () => {
      // Those before it in the line may have closed the bucket meanwhile.
      await this.#refuseClosed(ids);
      return this.#ask(buckets, arrivedAt);
    });
    return places;
  }

  async #ask(buckets: readonly PlannedBucket[], arrivedAt: number) {
    const { judgement, now } = await this.store.transactBuckets((tx) =>
      reserve(tx, buckets, tx.now - (performance.now() - arrivedAt)),
    );
    if (judgement.verdict === 'BUSY') return { busy: judgement.bucketId, places: [] };
    if (judgement.verdict === 'GRANTED') return { busy: undefined, places: placesIn(buckets, judgement) };
    throw rateLimited(await this.#refusals.remember(judgement.bucketId, judgement.until - now));
  }

  async #refuseClosed(ids: readonly string[]): Promise<void> {
    const retryAfter = await this.#refusals.retryAfter(ids);
    if (retryAfter !== undefined) throw rateLimited(retryAfter);
  }
}

type Granted = Extract<Judgement, { verdict: 'GRANTED' }>;

/** All buckets in one transaction: nobody holds one while waiting for another, and a refusal writes nothing. */
async function reserve(
  tx: BucketTransaction,
  buckets: readonly PlannedBucket[],
  arrivedAt: number,
): Promise<{ judgement: Judgement; now: number }> {
  const found = new Map((await tx.loginBuckets(idsOf(buckets))).map((bucket) => [bucket.id, bucket]));
  const ruled = buckets.map(({ named: { id, accountId }, rule }) => ({
    bucket: found.get(id) ?? emptyBucket(id, accountId),
    rule,
  }));
  const judgement = judgeAttempt(ruled, tx.now, arrivedAt);
  if (judgement.verdict === 'GRANTED') {
    for (const bucket of judgement.next) await tx.saveLoginBucket(bucket, found.get(bucket.id));
  }
  return { judgement, now: tx.now };
}

function placesIn(buckets: readonly PlannedBucket[], { next }: Granted): Place[] {
  const reserved = new Map(next.map((bucket) => [bucket.id, reservationIn(bucket)]));
  return buckets.flatMap(({ named, rule }) => {
    const reservation = reserved.get(named.id);
    return reservation === undefined ? [] : [{ named, rule, reservation }];
  });
}

function idsOf(buckets: readonly PlannedBucket[]): string[] {
  return buckets.map(({ named }) => named.id);
}
