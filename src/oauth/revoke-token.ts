import type { RequestOrigin } from '../audit/event.ts';
import { confirmedSessionId } from '../guard/guard.ts';
import { endByLogout } from '../sessions/end-sessions.ts';
import { findByRefreshToken } from '../sessions/find-by-token.ts';
import type { Session } from '../sessions/session.ts';
import type { SessionTransaction } from '../sessions/store.ts';
import { parseRefreshToken } from '../tokens/refresh-token.ts';
import { type Client, clientWords } from './client.ts';
import type { OAuthServices } from './services.ts';

type Services = Pick<OAuthServices, 'guard' | 'sessions'>;

export interface TokenRevocation {
  readonly token: string;
  /** Who gives it back. */
  readonly client: Client;
  readonly origin: RequestOrigin;
}

/**
 * Ends the session that a token belongs to, and with it everything that was issued for it (RFC 7009 §2.1). To end it by an
 * access token or a refresh token takes what a logout takes; what names no live session is no error (§2.2).
 *
 * @throws Refusal UNAVAILABLE
 */
export async function revokeToken(services: Services, revocation: TokenRevocation): Promise<void> {
  const named = await namedSession(services, revocation.token);
  if (named === undefined) return;
  await services.sessions.store.transact([named.userId], (tx) => end(tx, named, revocation));
}

async function namedSession({ guard, sessions }: Services, token: string): Promise<Session | undefined> {
  if (parseRefreshToken(token) !== undefined) return (await findByRefreshToken(sessions, token))?.session;
  // Of a header the guard takes a token with blanks before it; here a token has its one spelling (SECURITY B9).
  if (/\s/.test(token)) return undefined;
  const sessionId = await confirmedSessionId(guard, `Bearer ${token}`);
  return sessionId === undefined ? undefined : sessions.store.find(sessionId);
}

/** No user did it, so none stands as the actor; which service did is a line of its own. */
async function end(
  tx: SessionTransaction,
  named: Session,
  { client, origin }: TokenRevocation,
): Promise<void> {
  const actor = { actorId: null, ...origin };
  if (!(await endByLogout(tx, named, actor))) return;
  const subject = { userId: named.userId, sessionId: named.id };
  const detail = `by the service ${clientWords(client)}`;
  await tx.record([{ type: 'TOKEN_REVOKED', at: tx.now, ...subject, detail, ...actor }]);
}
