import { Refusal, sessionEnded, unauthenticated } from '../errors/refusal.ts';
import { sessionEnd } from '../sessions/session.ts';
import type { Clock } from '../tokens/clock.ts';
import type { AccessTokenClaims, AccessTokenVerifier } from '../tokens/verify-access-token.ts';
import { bearerToken } from './bearer.ts';
import type { Caller, SessionState } from './caller.ts';
import type { StateLoader } from './state-loader.ts';

export interface GuardServices {
  readonly accessTokens: AccessTokenVerifier;
  readonly states: StateLoader;
  readonly clock: Clock;
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
  const token = bearerToken(authorization);
  if (token === undefined) throw unauthenticated('MISSING');
  const claims = await services.accessTokens.verify(token);
  const state = await services.states.load(claims.sessionId);
  return judge(claims, state, services.clock.now());
}

function judge(claims: AccessTokenClaims, state: SessionState | undefined, now: number): Caller {
  if (state === undefined || state.user.id !== claims.subject) throw unauthenticated('INVALID');
  const end = sessionEnd(state.session, state.user.status, now);
  if (end !== undefined) throw sessionEnded(end);
  if (state.user.tokenVersion !== claims.tokenVersion) throw unauthenticated('STALE');
  return { claims, ...state };
}

/**
 * The session that a token names by signature and claims alone, for the operations that are open to everyone: a bearer
 * that does not verify is ignored there, so that login and refresh work with an expired one.
 */
export async function verifiedSessionId(
  services: Pick<GuardServices, 'accessTokens'>,
  authorization: string | undefined,
): Promise<string | undefined> {
  const token = bearerToken(authorization);
  if (token === undefined) return undefined;
  try {
    return (await services.accessTokens.verify(token)).sessionId;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
