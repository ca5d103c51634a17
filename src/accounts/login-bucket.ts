import type { AuditEvent } from '../audit/event.ts';

/**
 * The failed attempts of one subject: an address, or an account as it is tried from one kind of place. Times are
 * milliseconds of the database's clock; 0 means never.
 */
export interface LoginBucket {
  /** Of `BucketNames`: what was typed is not in it. */
  readonly id: string;
  /** The account it belongs to, likewise; null: an address. */
  readonly accountId: string | null;
  /** Attempts in the window that failed or are in flight: one that a crash cut off stays counted. */
  readonly failures: number;
  /** Those of them whose password is being checked. */
  readonly inFlight: number;
  /** When those in flight are given up, and count as failed. */
  readonly inFlightUntil: number;
  readonly windowEndsAt: number;
  /** When one was found to have failed, the last time: the pause counts from here. */
  readonly lastFailedAt: number;
  /** Until when the address is known to the account, since a login succeeded from it. */
  readonly knownUntil: number;
  /** From when on the row says nothing any more. */
  readonly expiresAt: number;
}

/** How many failures a bucket takes. */
export interface BucketRule {
  /** Failures in a window, at least 1. */
  readonly limit: number;
  /** Milliseconds from its first failure. */
  readonly window: number;
  /** Failures after which each further one costs a pause; the same as `limit`: there are no pauses. */
  readonly free: number;
}

/** The part of a transaction in which attempts are counted. Buckets are locked last (after users and sessions). */
export interface BucketTransaction {
  /** The database's time in milliseconds. */
  readonly now: number;
  /** Reads and locks those that exist, in the order of their ids. */
  loginBuckets(ids: readonly string[]): Promise<LoginBucket[]>;
  /** Reads and locks every bucket of some accounts, in the order of their ids. */
  loginBucketsOf(accountIds: readonly string[]): Promise<LoginBucket[]>;
  /**
   * Writes a bucket if the row still is what `before` says; else the whole transaction starts anew.
   *
   * @param before undefined: there was no row
   */
  saveLoginBucket(bucket: LoginBucket, before: LoginBucket | undefined): Promise<void>;
  record(events: readonly AuditEvent[]): Promise<void>;
}

export interface BucketStore {
  /** Whether one of the buckets is that of an address which its account knows today. */
  isKnown(ids: readonly string[]): Promise<boolean>;
  /** Runs `work` in one transaction; a conflict runs it again from the start. */
  transactBuckets<T>(work: (tx: BucketTransaction) => Promise<T>): Promise<T>;
}

export function emptyBucket(id: string, accountId: string | null): LoginBucket {
  const never = { inFlightUntil: 0, windowEndsAt: 0, lastFailedAt: 0, knownUntil: 0, expiresAt: 0 };
  return { id, accountId, failures: 0, inFlight: 0, ...never };
}

/** The bucket without its failures; what it knows stays. */
export function clearedBucket(bucket: LoginBucket): LoginBucket {
  const { id, accountId, knownUntil } = bucket;
  return { ...emptyBucket(id, accountId), knownUntil, expiresAt: knownUntil };
}

/** The bucket without what it knows; its failures stay. */
export function unknownBucket(bucket: LoginBucket): LoginBucket {
  return { ...bucket, knownUntil: 0, expiresAt: bucket.failures > 0 ? bucket.windowEndsAt : 0 };
}

/** The bucket of an address that a login of its account succeeded from. */
export function knownBucket(bucket: LoginBucket, until: number): LoginBucket {
  return { ...bucket, knownUntil: until, expiresAt: Math.max(bucket.expiresAt, until) };
}
