import type { Session, User } from './session.ts';

/** An access token, and what came with it; `AuthPayload` of the schema, as far as it is asked for. */
export interface Grant {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly user: User;
  readonly session: Session;
  /** Milliseconds of this tab's monotonic clock, from before the request was sent: it is never older than it looks. */
  readonly since: number;
}

export type Rank = readonly number[];

interface Claims {
  readonly sid: string;
  readonly iat: number;
  readonly ver: number;
  readonly auth_time: number;
}

/** What the server wrote into a token. Read, never verified: that is for who accepts it. */
export function claimsOf(accessToken: string): Claims {
  const [, payload = ''] = accessToken.split('.');
  return JSON.parse(atob(payload.replace(/-/g, '+').replace(/_/g, '/'))) as Claims;
}

/**
 * Which of two grants is the later one: by epochs first, how many sign-ins and sign-outs this browser has seen, then by
 * sessions, then by tokens of one session, all by the server's own counts.
 */
export function rankOf({ accessToken, session }: Grant, epoch: number): Rank {
  const { ver, auth_time, iat } = claimsOf(accessToken);
  return [epoch, Date.parse(session.createdAt), ver, auth_time, iat];
}

export function isLater(rank: Rank, other: Rank): boolean {
  const at = rank.findIndex((value, index) => value !== other[index]);
  return at >= 0 && (rank[at] ?? 0) > (other[at] ?? 0);
}

/** When it expires, or a part of its life before. */
export function endOf({ since, expiresIn }: Grant, part = 1): number {
  return since + expiresIn * 1_000 * part;
}

/**
 * Whole seconds to a deadline of the session: both ends by the server's clock, what passed since by ours. The answer is
 * no older than the last use that it tells of, nor than its token, whose time is in whole seconds.
 */
export function secondsTo(deadline: string, { accessToken, session, since }: Grant, now: number): number {
  const answered = Math.max(claimsOf(accessToken).iat * 1_000, Date.parse(session.lastSeenAt));
  return Math.max(0, Math.floor((Date.parse(deadline) - answered - (now - since)) / 1_000));
}
