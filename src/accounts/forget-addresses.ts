import type { BucketNames } from './bucket-names.ts';
import { type BucketTransaction, unknownBucket } from './login-bucket.ts';

/**
 * Makes every address a stranger to an account whose password has changed: whoever signed in with the old one would
 * have a bucket of their own for each of their addresses, to guess at the new one.
 *
 * @param email normalised
 */
export async function forgetAddresses(
  tx: BucketTransaction,
  names: BucketNames,
  email: string,
): Promise<void> {
  const buckets = await tx.loginBucketsOf(names.account(email).names);
  for (const bucket of buckets) {
    if (bucket.knownUntil > 0) await tx.saveLoginBucket(unknownBucket(bucket), bucket);
  }
}
