import type { User } from '../accounts/user.ts';
import type { ExtraClaims } from '../tokens/extra-claims.ts';
import type { TokenPosition } from './rotation.ts';
import type { SessionServices } from './services.ts';
import type { Session } from './session.ts';
import type { SessionTransaction } from './store.ts';

/** A new access token for a session. */
export interface AccessGrant {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly session: Session;
  readonly user: User;
}

/** What a client receives at login, registration and refresh. */
export interface Grant extends AccessGrant {
  readonly refreshToken: string;
  /** Seconds from the grant to the inactivity timeout: the life of a persistent cookie. */
  readonly idleExpiresIn: number;
}

/** What a transaction decided, with the database's time in it and what it knew of the keys. */
export interface Granted extends Pick<SessionTransaction, 'now' | 'keyEpoch'> {
  readonly user: User;
  readonly session: Session;
  readonly claims: ExtraClaims;
}

export async function issueAccess(
  services: Pick<SessionServices, 'accessTokens'>,
  { user, session, now, keyEpoch, claims }: Granted,
): Promise<AccessGrant> {
  const { token, expiresIn } = await services.accessTokens.issue({
    userId: user.id,
    sessionId: session.id,
    tokenVersion: user.tokenVersion,
    authenticatedAt: session.authenticatedAt,
    roles: user.roles,
    claims,
    now,
    keyEpoch,
    notAfter: session.idleExpiresAt,
  });
  return { accessToken: token, expiresIn, session, user };
}

export async function issueGrant(
  services: SessionServices,
  granted: Granted & { readonly position: TokenPosition },
): Promise<Grant> {
  const { session, position, now } = granted;
  const refreshToken = services.refreshTokens.issue({
    sessionId: session.id,
    sessionSecret: session.secret,
    ...position,
  });
  const idleExpiresIn = Math.floor((session.idleExpiresAt - now) / 1000);
  return { ...(await issueAccess(services, granted)), refreshToken, idleExpiresIn };
}
