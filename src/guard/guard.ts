import { Refusal, sessionEnded, unauthenticated } from '../errors/refusal.ts';
import type { KeyStanding } from '../keys/key-ring.ts';
import type { FollowedRevocations } from '../revocation/followed-revocations.ts';
import { sessionEnd } from '../sessions/session.ts';
import type { Clock } from '../tokens/clock.ts';
import type { VerifiedToken } from '../tokens/verified-tokens.ts';
import type { AccessTokenClaims, AccessTokenVerifier } from '../tokens/verify-access-token.ts';
import { bearerToken } from './bearer.ts';
import type { Caller, SessionState } from './caller.ts';
import type { GuardListener } from './guard-listener.ts';
import type { StateLoader } from './state-loader.ts';

export interface GuardServices {
  readonly accessTokens: AccessTokenVerifier;
  readonly states: StateLoader;
  readonly clock: Clock;
  /** What this instance knows to be revoked; undefined: the database confirms every caller (FRESHNESS=strict). */
  readonly revocations: Pick<FollowedRevocations, 'denial' | 'isProven'> | undefined;
  readonly listener: GuardListener;
}

/**
 * From an Authorization header to a proven caller, in the order in which denials are given: MISSING, INVALID, EXPIRED,
 * SESSION_ENDED, STALE (CONTRACT, order of denials).
 *
 * @throws Refusal UNAUTHENTICATED, UNAVAILABLE
 */
export async function authenticateBearer(
  services: GuardServices,
  authorization: string | undefined,
): Promise<Caller> {
  return confirmCaller(services, await verifyBearer(services, authorization));
}

/**
 * The same for what a token's claims are enough for: as long as this instance can prove that it knows what was revoked,
 * the database is not asked. All that is judged here is judged in one go, at the moment of use.
 *
 * @returns the token, at once where it was verified before; or the caller, where the database had to be asked. A refusal,
 *   UNAUTHENTICATED or UNAVAILABLE, rejects
 */
export function admitBearer(
  services: GuardServices,
  authorization: string | undefined,
): VerifiedToken | Promise<VerifiedToken | Caller> {
  const verified = verifyBearer(services, authorization);
  if (verified instanceof Promise) return verified.then((each) => admitVerified(services, each));
  return admitVerified(services, verified);
}

function admitVerified(
  services: GuardServices,
  verified: VerifiedToken,
): VerifiedToken | Promise<VerifiedToken | Caller> {
  const { revocations, accessTokens } = services;
  const denial = revocations?.denial(verified.claims);
  if (denial !== undefined) return Promise.reject(denial);
  const known = revocations?.isProven && accessTokens.standing(verified) === 'GOOD';
  return known ? verified : confirmCaller(services, verified);
}

function verifyBearer(
  { accessTokens }: GuardServices,
  authorization: string | undefined,
): VerifiedToken | Promise<VerifiedToken> {
  const token = bearerToken(authorization);
  return token === undefined ? Promise.reject(unauthenticated('MISSING')) : accessTokens.verify(token);
}

/** By the database. What was acknowledged here stays denied, should the database have lost it in a failover. */
export async function confirmCaller(services: GuardServices, verified: VerifiedToken): Promise<Caller> {
  const state = await services.states.load(verified.claims.sessionId);
  // Asked for again: with the state came the news of keys that were revoked.
  const now = services.clock.now();
  const standing = services.accessTokens.standing(verified, now);
  const caller = judge(verified.claims, standing, state, now);
  const denial = services.revocations?.denial(verified.claims);
  if (denial !== undefined) throw denial;
  return caller;
}

function judge(
  claims: AccessTokenClaims,
  standing: KeyStanding | undefined,
  state: SessionState | undefined,
  now: number,
): Caller {
  if (standing === undefined || state === undefined || state.user.id !== claims.subject)
    throw unauthenticated('INVALID');
  const end = sessionEnd(state.session, state.user.status, now);
  if (end !== undefined) throw sessionEnded(end);
  if (standing === 'REVOKED' || state.user.tokenVersion !== claims.tokenVersion)
    throw unauthenticated('STALE');
  return { claims, ...state };
}

/**
 * The session that a token names by signature and claims alone, for the operations that are open to everyone: a bearer
 * that does not verify is ignored there, so that login and refresh work with an expired one.
 */
export async function verifiedSessionId(
  { accessTokens }: Pick<GuardServices, 'accessTokens'>,
  authorization: string | undefined,
): Promise<string | undefined> {
  const verified = await verifiedBearer(accessTokens, authorization);
  return verified && isGood(accessTokens, verified) ? verified.claims.sessionId : undefined;
}

/** The same where the token alone decides, as at a logout: its key must not have been revoked at another instance. */
export async function confirmedSessionId(
  { accessTokens, states }: Pick<GuardServices, 'accessTokens' | 'states'>,
  authorization: string | undefined,
): Promise<string | undefined> {
  const verified = await verifiedBearer(accessTokens, authorization);
  if (verified === undefined) return undefined;
  const state = await states.load(verified.claims.sessionId);
  return isGood(accessTokens, verified) ? state?.session.id : undefined;
}

function isGood(accessTokens: AccessTokenVerifier, verified: VerifiedToken): boolean {
  return accessTokens.standing(verified) === 'GOOD';
}

async function verifiedBearer(
  accessTokens: AccessTokenVerifier,
  authorization: string | undefined,
): Promise<VerifiedToken | undefined> {
  const token = bearerToken(authorization);
  if (token === undefined) return undefined;
  try {
    return await accessTokens.verify(token);
  } catch (error) {
    if (error instanceof Refusal && error.code === 'UNAUTHENTICATED') return undefined;
    throw error;
  }
}
