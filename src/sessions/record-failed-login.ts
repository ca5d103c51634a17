import type { LoginAttempt } from '../accounts/login-attempt.ts';
import type { RequestOrigin } from '../audit/event.ts';
import { invalidCredentials, type Refusal } from '../errors/refusal.ts';
import type { SessionStore, SessionTransaction } from './store.ts';

export interface FailedLogin {
  readonly attempt: LoginAttempt;
  /** Null: no account has the address. */
  readonly userId: string | null;
  /** The session in which the password was asked for; null: at a login. */
  readonly sessionId: string | null;
  readonly origin: RequestOrigin;
}

/**
 * Writes a failed login to the security log, counts it, and refuses it. What was typed as e-mail is not kept: people type
 * their password there.
 */
export async function refuseCredentials(store: SessionStore, failed: FailedLogin): Promise<never> {
  const { attempt, userId } = failed;
  return record(store, failed, invalidCredentials(), (tx) => attempt.fail(tx, userId));
}

/** The same for a login with the right password that is refused for another reason: it was no guess. */
export async function refuseProven(
  store: SessionStore,
  failed: FailedLogin,
  refusal: Refusal,
): Promise<never> {
  return record(store, failed, refusal, (tx) => failed.attempt.release(tx));
}

async function record(
  store: SessionStore,
  { userId, sessionId, origin }: FailedLogin,
  refusal: Refusal,
  settle: (tx: SessionTransaction) => Promise<void>,
): Promise<never> {
  await store.transact([], async (tx) => {
    const detail = String(refusal.details['problem'] ?? refusal.code);
    await tx.record([
      { type: 'LOGIN_FAILED', at: tx.now, actorId: null, ...origin, userId, sessionId, detail },
    ]);
    await settle(tx);
  });
  throw refusal;
}
