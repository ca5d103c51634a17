export type Role = 'USER' | 'ADMIN';

/** Why a session is over. */
export type SessionEndReason =
  | 'LOGOUT'
  | 'REVOKED_BY_USER'
  | 'REVOKED_BY_ADMIN'
  | 'PASSWORD_CHANGED'
  | 'USER_SUSPENDED'
  | 'USER_DELETED'
  | 'REFRESH_TOKEN_REUSE'
  | 'IDLE_TIMEOUT'
  | 'LIFETIME_REACHED'
  | 'SESSION_LIMIT';

export interface User {
  readonly id: string;
  readonly email: string;
  readonly displayName: string | null;
  readonly roles: readonly Role[];
  readonly status: 'ACTIVE' | 'SUSPENDED';
  readonly createdAt: string;
}

/** Times are ISO 8601, by the server's clock. */
export interface Session {
  readonly id: string;
  readonly createdAt: string;
  readonly lastSeenAt: string;
  readonly authenticatedAt: string;
  readonly idleExpiresAt: string;
  readonly expiresAt: string;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  readonly deviceName: string | null;
}
