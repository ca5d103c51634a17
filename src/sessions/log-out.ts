import type { RequestOrigin } from '../audit/event.ts';
import { endByLogout } from './end-sessions.ts';
import { findByRefreshToken } from './find-by-token.ts';
import type { SessionServices } from './services.ts';
import type { Session } from './session.ts';

export interface LogoutRequest {
  readonly refreshToken: string | undefined;
  /** The session of a verified access token; it decides only where there is no refresh token. */
  readonly bearerSessionId: string | undefined;
  readonly origin: RequestOrigin;
}

/**
 * Ends the session that the token names; rubbish and ended sessions are no error (RFC 7009 §2.2).
 *
 * @returns whether this call ended a live session
 */
export async function logOut(services: SessionServices, request: LogoutRequest): Promise<boolean> {
  const named = await namedSession(services, request);
  if (named === undefined) return false;
  const actor = { actorId: named.userId, ...request.origin };
  return services.store.transact([named.userId], (tx) => endByLogout(tx, named, actor));
}

async function namedSession(services: SessionServices, request: LogoutRequest): Promise<Session | undefined> {
  if (request.refreshToken !== undefined) {
    return (await findByRefreshToken(services, request.refreshToken))?.session;
  }
  return request.bearerSessionId === undefined ? undefined : services.store.find(request.bearerSessionId);
}
