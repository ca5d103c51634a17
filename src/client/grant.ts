import type { Session, User } from './session.ts';

/** `AuthPayload` of the schema, as far as it is asked for. */
export interface Payload {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly refreshToken: string | null;
  readonly user: User;
  readonly session: Session;
}

/** An access token, and what came with it. Times are milliseconds of this tab's monotonic clock. */
export interface Grant extends Omit<Payload, 'refreshToken'> {
  /** Before the request for it was sent: it is never older than it looks. */
  readonly since: number;
  /** Which of two is the later one. */
  readonly rank: Rank;
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
 * @param epoch how many sign-ins and sign-outs this browser has seen
 * @throws Error for a payload whose token is none
 */
export function grantOf({ refreshToken, ...payload }: Payload, since: number, epoch: number): Grant {
  const { ver, auth_time, iat } = claimsOf(payload.accessToken);
  return { ...payload, since, rank: [epoch, Date.parse(payload.session.createdAt), ver, auth_time, iat] };
}

/** Epochs first, then sessions, then tokens of one session, all by the server's own counters. */
export function isLater(rank: Rank, other: Rank): boolean {
  const at = rank.findIndex((value, index) => value !== other[index]);
  return at >= 0 && (rank[at] ?? 0) > (other[at] ?? 0);
}

export function expiresAt({ since, expiresIn }: Grant): number {
  return since + expiresIn * 1_000;
}

/** Whole seconds to a deadline of the session: both ends by the server's clock, what passed since by ours. */
export function secondsTo(deadline: string, { accessToken, since }: Grant, now: number): number {
  const left = Date.parse(deadline) / 1_000 - claimsOf(accessToken).iat - (now - since) / 1_000;
  return Math.max(0, Math.floor(left));
}
