/** Why a session is over. The values are part of the contract and are stored. */
export const SESSION_END_REASONS = [
  'LOGOUT',
  'REVOKED_BY_USER',
  'REVOKED_BY_ADMIN',
  'PASSWORD_CHANGED',
  'USER_SUSPENDED',
  'USER_DELETED',
  'REFRESH_TOKEN_REUSE',
  'IDLE_TIMEOUT',
  'LIFETIME_REACHED',
  'SESSION_LIMIT',
] as const;
export type SessionEndReason = (typeof SESSION_END_REASONS)[number];

/** When a session ended (milliseconds of the database's clock) and why. */
export interface SessionEnd {
  readonly at: number;
  readonly reason: SessionEndReason;
}

export type UnauthenticatedReason = 'MISSING' | 'INVALID' | 'EXPIRED' | 'STALE' | 'SESSION_ENDED';

export type RefusalCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'REAUTHENTICATION_REQUIRED'
  | 'INVALID_CREDENTIALS'
  | 'RATE_LIMITED'
  | 'BAD_USER_INPUT'
  | 'SESSION_LIMIT'
  | 'NOT_FOUND'
  | 'UNAVAILABLE';

/**
 * A request that is refused for a reason its sender may know. `message` and `details` reach the client as they
 * are; `cause` is for the operator's log and never leaves the process. Anything thrown that is not a Refusal
 * is answered with INTERNAL_SERVER_ERROR and no word from inside (ASVS V16.5.1).
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly code: RefusalCode,
    message: string,
    readonly details: Readonly<Record<string, string | number>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const UNAUTHENTICATED_MESSAGES: Record<UnauthenticatedReason, string> = {
  MISSING: 'No token was presented.',
  INVALID: 'The token is not valid.',
  EXPIRED: 'The access token has expired.',
  STALE: 'The access token was issued before a change to the account; refresh it.',
  SESSION_ENDED: 'The session has ended.',
};

export function unauthenticated(reason: Exclude<UnauthenticatedReason, 'SESSION_ENDED'>): Refusal {
  return new Refusal('UNAUTHENTICATED', UNAUTHENTICATED_MESSAGES[reason], { reason });
}

export function sessionEnded(end: SessionEnd): Refusal {
  return new Refusal('UNAUTHENTICATED', UNAUTHENTICATED_MESSAGES.SESSION_ENDED, {
    reason: 'SESSION_ENDED',
    endReason: end.reason,
    endedAt: new Date(end.at).toISOString(),
  });
}

export function forbidden(message: string): Refusal {
  return new Refusal('FORBIDDEN', message);
}

/** @param reason of the program that Portcullis runs in, in its own words */
export function loginVetoed(reason: string): Refusal {
  return new Refusal('FORBIDDEN', reason, { problem: 'LOGIN_VETOED' });
}

/** @param maxAge seconds that may have passed since the caller proved their credentials */
export function reauthenticationRequired(maxAge: number): Refusal {
  return new Refusal('REAUTHENTICATION_REQUIRED', `Prove your password again: at most ${maxAge} s ago.`, {
    maxAge,
  });
}

/** One answer for an unknown e-mail, a wrong password and a suspended account (ASVS V6.3.8). */
export function invalidCredentials(): Refusal {
  return new Refusal('INVALID_CREDENTIALS', 'The e-mail or the password is not right.');
}

/** @param retryAfter seconds */
export function rateLimited(retryAfter: number): Refusal {
  return new Refusal('RATE_LIMITED', 'Too many attempts; try again later.', { retryAfter });
}

/**
 * @param field name of the input field, e.g. `email`
 * @param problem stable upper-case word, e.g. `TOO_SHORT`
 */
export function badUserInput(field: string, problem: string, message: string): Refusal {
  return new Refusal('BAD_USER_INPUT', message, { field, problem });
}

/** @param limit sessions a user may have at once */
export function sessionLimitReached(limit: number): Refusal {
  return new Refusal('SESSION_LIMIT', `At most ${limit} sessions at once; end one first.`);
}

export function notFound(what: string): Refusal {
  return new Refusal('NOT_FOUND', `No such ${what}.`);
}

/**
 * The database cannot confirm: fail closed, and never say "signed out".
 * @param cause for the operator's log only
 */
export function unavailable(cause?: unknown): Refusal {
  return new Refusal(
    'UNAVAILABLE',
    'The service cannot confirm this right now; try again.',
    { retryAfter: 1 },
    { cause },
  );
}
