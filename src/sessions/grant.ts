import type { User } from '../accounts/user.ts';
import type { TokenPosition } from './rotation.ts';
import type { SessionServices } from './services.ts';
import type { Session } from './session.ts';

/** What a client receives at login, registration and refresh. */
export interface Grant {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly refreshToken: string;
  readonly session: Session;
  readonly user: User;
  /** Seconds from the grant to the inactivity timeout: the life of a persistent cookie. */
  readonly idleExpiresIn: number;
}

/** @param now the database's time in the transaction that decided, milliseconds */
export async function issueGrant(
  services: SessionServices,
  granted: { user: User; session: Session; position: TokenPosition; now: number },
): Promise<Grant> {
  const { user, session, position, now } = granted;
  const { token, expiresIn } = await services.accessTokens.issue({
    userId: user.id,
    sessionId: session.id,
    tokenVersion: user.tokenVersion,
    authenticatedAt: session.authenticatedAt,
    roles: user.roles,
    now,
    notAfter: session.idleExpiresAt,
  });
  const refreshToken = services.refreshTokens.issue({
    sessionId: session.id,
    sessionSecret: session.secret,
    ...position,
  });
  const idleExpiresIn = Math.floor((session.idleExpiresAt - now) / 1000);
  return { accessToken: token, expiresIn, refreshToken, session, user, idleExpiresIn };
}
