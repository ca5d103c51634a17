import type { SessionEndReason } from '../errors/refusal.ts';

/** What makes access tokens untrue before they expire. */
export type Revocation =
  | { readonly kind: 'SESSION'; readonly sessionId: string; readonly reason: SessionEndReason }
  | { readonly kind: 'USER'; readonly userId: string; readonly leastVersion: number }
  | { readonly kind: 'KEYS'; readonly epoch: number };

/** A revocation that is durable. Times are milliseconds of the database's clock. */
export type KnownRevocation = Revocation & {
  /** When it happened: for a session its `endedAt`. */
  readonly createdAt: number;
  /** No access token that it concerns is valid any more from then on. */
  readonly effectiveUntil: number;
};

/** A revocation as the feed tells it to every instance. */
export type FeedEntry = KnownRevocation & {
  /** From 1, without gaps, in the order of the commits. */
  readonly sequence: number;
};

/** The longest life that ACCESS_TOKEN_TTL allows, whatever it is now: it may have been longer yesterday. */
const LONGEST_TOKEN_LIFE = 3_600_000;

/**
 * A transaction's time is read when it begins, and a key may sign for others until it has committed; the clocks of two
 * database servers, one of which takes over, are not one clock.
 */
const TOLERANCE = 300_000;

/** Milliseconds for which a revocation must be remembered. */
export const EFFECTIVE_FOR = LONGEST_TOKEN_LIFE + TOLERANCE;

export type RevocationListener = (revocations: readonly KnownRevocation[]) => void;
