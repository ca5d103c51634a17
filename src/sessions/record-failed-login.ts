import type { RequestOrigin } from '../audit/event.ts';
import { invalidCredentials } from '../errors/refusal.ts';
import type { SessionStore } from './store.ts';

/**
 * Writes a failed login to the security log and refuses it. What was typed as e-mail is not kept: people type their
 * password there.
 *
 * @param userId null: no account has the address
 */
export async function recordFailedLogin(
  store: SessionStore,
  userId: string | null,
  origin: RequestOrigin,
): Promise<never> {
  await store.transact([], (tx) =>
    tx.record([
      { type: 'LOGIN_FAILED', at: tx.now, actorId: null, userId, sessionId: null, ...origin, detail: null },
    ]),
  );
  throw invalidCredentials();
}
