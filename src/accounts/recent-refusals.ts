import { RateLimiterMemory } from 'rate-limiter-flexible';

/** Milliseconds: as long as an unlocking, or a success elsewhere, may stay unseen by an instance. */
const REMEMBERED = 1_000;

/**
 * Buckets that refused a moment ago, so that a flood against a closed one costs neither a hash nor a transaction.
 *
 * The limiter's own stores cannot reserve in several buckets at once, know nothing of attempts in flight, and go by the
 * wall clock of each instance: so the counting is ours (judge-attempt.ts), and this memory is its.
 */
export class RecentRefusals {
  readonly #limiter = new RateLimiterMemory({ points: 1, duration: REMEMBERED / 1000 });

  /**
   * @param wait milliseconds for which the bucket stays closed
   * @returns the whole seconds that a client shall wait
   */
  async remember(bucketId: string, wait: number): Promise<number> {
    const seconds = Math.max(1, Math.ceil(wait / 1000));
    const kept = Math.min(wait, REMEMBERED);
    // What the limiter counts as points is here the answer; kept for 0 s it would stay for ever.
    if (kept > 0) await this.#limiter.set(bucketId, seconds, kept / 1000);
    return seconds;
  }

  /** @returns whole seconds to wait; undefined: none of the buckets is known to be closed */
  async retryAfter(bucketIds: readonly string[]): Promise<number | undefined> {
    const found = await Promise.all(bucketIds.map((id) => this.#limiter.get(id)));
    const waits = found.flatMap((each) => each?.consumedPoints ?? []);
    return waits.length === 0 ? undefined : Math.max(...waits);
  }
}
