import type { UserStatus } from '../accounts/user.ts';
import type { SessionEnd, SessionEndReason } from '../errors/refusal.ts';

/** How the refresh token of a session travels; it never changes in a session's life. */
export type Transport = 'COOKIE' | 'BODY';

/** What the rotation table decides upon (DESIGN section 4). */
export interface RotationState {
  /** Generation and branch of the current refresh token. */
  readonly generation: number;
  readonly branch: number;
  /** Branch of the current token's live successor (generation + 1); null: not exchanged yet. */
  readonly nextBranch: number | null;
  /** When the live successor was first issued. */
  readonly rotatedAt: number | null;
  /** The live successor has been presented: its holder received it. */
  readonly successorSeen: boolean;
}

/** All times are milliseconds of the database's clock. */
export interface Session extends RotationState {
  /** UUIDv7 */
  readonly id: string;
  readonly userId: string;
  readonly transport: Transport;
  /** `rememberMe: false` makes the cookie end with the browser session. */
  readonly rememberMe: boolean;
  /** The session's own 32 random bytes under its refresh tokens' MAC. */
  readonly secret: Uint8Array;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  readonly authenticatedAt: number;
  readonly idleExpiresAt: number;
  readonly expiresAt: number;
  readonly endedAt: number | null;
  readonly endReason: SessionEndReason | null;
  /** The user who ended it; null: the operator, or nobody knows who. */
  readonly endedBy: string | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  readonly deviceName: string | null;
}

export type SessionLife = Pick<Session, 'endedAt' | 'endReason' | 'idleExpiresAt' | 'expiresAt'>;

/**
 * How and when a session ended, or undefined while it lives. An end at a deadline is computed, never written, so
 * it needs no sweeper to be true; the account's state is judged here too, so that nothing outlives a suspension.
 */
export function sessionEnd(session: SessionLife, status: UserStatus, now: number): SessionEnd | undefined {
  if (session.endedAt !== null) return { at: session.endedAt, reason: session.endReason ?? 'LOGOUT' };
  // The first deadline ended it: how a session ended must not read otherwise once the second one has passed as well.
  const deadline = Math.min(session.idleExpiresAt, session.expiresAt);
  if (now >= deadline) {
    return { at: deadline, reason: deadline === session.expiresAt ? 'LIFETIME_REACHED' : 'IDLE_TIMEOUT' };
  }
  if (status === 'DELETED') return { at: now, reason: 'USER_DELETED' };
  if (status === 'SUSPENDED') return { at: now, reason: 'USER_SUSPENDED' };
  return undefined;
}

/** The session as it stands at `now`, with an end at a deadline written out. */
export function asOf(session: Session, status: UserStatus, now: number): Session {
  const end = sessionEnd(session, status, now);
  return end === undefined ? session : { ...session, endedAt: end.at, endReason: end.reason };
}
