/** The events of the security log, in the order in which the filter offers them. */
export const LOG_EVENTS: Readonly<Record<string, string>> = {
  LOGIN_SUCCEEDED: 'Signed in',
  LOGIN_FAILED: 'Failed sign-in',
  LOGIN_THROTTLED: 'Sign-in slowed down',
  LOGIN_UNLOCKED: 'Sign-in unlocked',
  SESSION_ENDED: 'Session ended',
  SESSIONS_REVOKED: 'Sessions ended by filter',
  REFRESH_TOKEN_REUSED: 'Token used twice',
  REFRESH_REPLAYED: 'Token replayed from elsewhere',
  REAUTHENTICATED: 'Password proven again',
  PASSWORD_CHANGED: 'Password changed',
  ROLES_CHANGED: 'Roles changed',
  STATUS_CHANGED: 'Status changed',
  USER_CREATED: 'Account created',
  USER_DELETED: 'Account deleted',
  KEY_ROTATED: 'Signing key rotated',
  CLIENT_CREATED: 'Service credential created',
  CLIENT_REVOKED: 'Service credential revoked',
  TOKEN_REVOKED: 'Session ended by a service',
};

/** Events that deserve a second look. */
const ALARMING = new Set(['LOGIN_FAILED', 'LOGIN_THROTTLED', 'REFRESH_TOKEN_REUSED', 'REFRESH_REPLAYED']);

export function eventWords(type: string): string {
  return LOG_EVENTS[type] ?? type;
}

export function isAlarming(type: string): boolean {
  return ALARMING.has(type);
}
