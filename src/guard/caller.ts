import type { User } from '../accounts/user.ts';
import type { Session, SessionLife } from '../sessions/session.ts';
import type { AccessTokenClaims } from '../tokens/verify-access-token.ts';

/** Session and user as the database has them, read in one batch with those of all requests of the moment. */
export interface SessionState {
  readonly session: Pick<Session, 'id' | 'userId'> & SessionLife;
  readonly user: Omit<User, 'passwordHash'>;
}

/** Who calls, proven: the token verified, the session alive, the claims true. */
export interface Caller extends SessionState {
  readonly claims: AccessTokenClaims;
}

/** Whether the database has confirmed them, or their token alone has let them in. */
export function isConfirmed(admitted: object | undefined): admitted is Caller {
  return admitted !== undefined && 'session' in admitted;
}
