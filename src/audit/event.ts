/** Events of the security log. Only what the server writes stands here. */
export const AUDIT_EVENT_TYPES = [
  'LOGIN_SUCCEEDED',
  'LOGIN_FAILED',
  'LOGIN_THROTTLED',
  'LOGIN_UNLOCKED',
  'SESSION_ENDED',
  'REFRESH_TOKEN_REUSED',
  'REFRESH_REPLAYED',
  'REAUTHENTICATED',
  'PASSWORD_CHANGED',
  'ROLES_CHANGED',
  'STATUS_CHANGED',
  'SESSIONS_REVOKED',
  'USER_CREATED',
  'USER_DELETED',
  'KEY_ROTATED',
  'CLIENT_CREATED',
  'CLIENT_REVOKED',
  'TOKEN_REVOKED',
] as const;
export type AuditEventType = (typeof AUDIT_EVENT_TYPES)[number];

/** Where a request came from, as the security log and the session list show it. */
export interface RequestOrigin {
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

/** One line of the security log: who did what to whom, which session, from where (ASVS V16.2.1). */
export interface AuditEvent extends RequestOrigin {
  readonly type: AuditEventType;
  /** Milliseconds of the database's clock. */
  readonly at: number;
  /** The user who acted; null: not known, or the operator at the command line. */
  readonly actorId: string | null;
  readonly userId: string | null;
  readonly sessionId: string | null;
  readonly detail: string | null;
}

/** Receives events once they are durable; the server writes each as one JSON log line. */
export type AuditListener = (event: AuditEvent) => void;
