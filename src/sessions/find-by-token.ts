import { parseRefreshToken, type RefreshToken } from '../tokens/refresh-token.ts';
import type { SessionServices } from './services.ts';
import type { Session } from './session.ts';

export interface PresentedToken {
  readonly token: RefreshToken;
  /** As it was when the MAC was checked, not locked. */
  readonly session: Session;
}

/**
 * The session that a refresh token belongs to, or undefined for a wrong form, an unknown session or a bad MAC. It takes
 * no lock: guessing at a session that is not one's own must not disturb it.
 */
export async function findByRefreshToken(
  services: Pick<SessionServices, 'store' | 'refreshTokens'>,
  text: string,
): Promise<PresentedToken | undefined> {
  const token = parseRefreshToken(text);
  if (token === undefined) return undefined;
  const session = await services.store.find(token.sessionId);
  if (session === undefined || !services.refreshTokens.verify(token, session.secret)) return undefined;
  return { token, session };
}
