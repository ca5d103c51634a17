import type { BucketNames } from './bucket-names.ts';
import { type BucketStore, clearedBucket } from './login-bucket.ts';

/** The e-mail whose failures shall be forgotten, and whose it is. */
export interface Unlocking {
  /** Normalised, whether or not an account has it. */
  readonly email: string;
  /** Null: no account has it, and the security log has nobody to tell of. */
  readonly userId: string | null;
}

/**
 * Forgets the failed attempts at an account, from wherever they came; the addresses that it knows stay known. Those of
 * an address stay: they may have been at other accounts.
 *
 * @returns whether there were any
 */
export async function unlockAccount(
  store: BucketStore,
  names: BucketNames,
  { email, userId }: Unlocking,
): Promise<boolean> {
  return store.transactBuckets(async (tx) => {
    const buckets = await tx.loginBucketsOf(names.account(email).names);
    const counting = buckets.filter(({ failures }) => failures > 0);
    for (const bucket of counting) await tx.saveLoginBucket(clearedBucket(bucket), bucket);
    if (counting.length > 0 && userId !== null) {
      const operator = { actorId: null, ipAddress: null, userAgent: null };
      await tx.record([
        { type: 'LOGIN_UNLOCKED', at: tx.now, userId, sessionId: null, detail: null, ...operator },
      ]);
    }
    return counting.length > 0;
  });
}
