/** To the person whose session it was. */
const TO_ITS_OWNER: Readonly<Record<string, string>> = {
  LOGOUT: 'You signed out.',
  REVOKED_BY_USER: 'You ended this session in your list of devices.',
  REVOKED_BY_ADMIN: 'An administrator ended your session.',
  PASSWORD_CHANGED: 'The password was changed, which ends all other sessions. Sign in with the new one.',
  USER_SUSPENDED: 'Your account was suspended. Ask an administrator.',
  USER_DELETED: 'Your account was deleted.',
  REFRESH_TOKEN_REUSE:
    'This session was used from two places at once, so somebody may have copied it. It was ended to protect you. If that was not you, change your password.',
  IDLE_TIMEOUT: 'You were signed out because you had not been active for a while.',
  LIFETIME_REACHED: 'This session had reached its longest duration. Sign in again to go on.',
  SESSION_LIMIT: 'You signed in elsewhere, and the number of devices is limited.',
};

/** In a list. */
const IN_SHORT: Readonly<Record<string, string>> = {
  LOGOUT: 'Signed out',
  REVOKED_BY_USER: 'Ended by the user',
  REVOKED_BY_ADMIN: 'Ended by an administrator',
  PASSWORD_CHANGED: 'Password changed',
  USER_SUSPENDED: 'Account suspended',
  USER_DELETED: 'Account deleted',
  REFRESH_TOKEN_REUSE: 'Token used twice',
  IDLE_TIMEOUT: 'Not used for too long',
  LIFETIME_REACHED: 'Longest duration reached',
  SESSION_LIMIT: 'Too many sessions',
};

export function endWords(reason: string): string {
  return TO_ITS_OWNER[reason] ?? 'Your session has ended.';
}

export function shortEndWords(reason: string | null): string {
  return IN_SHORT[reason ?? ''] ?? 'Ended';
}
