import type { RequestOrigin } from '../audit/event.ts';
import { invalidCredentials, type Refusal } from '../errors/refusal.ts';
import type { SessionStore } from './store.ts';

/**
 * Writes a failed login to the security log and refuses it. What was typed as e-mail is not kept: people type their
 * password there.
 *
 * @param subject `userId` null: no account has the address
 * @param refusal what the client is told
 */
export async function recordFailedLogin(
  store: SessionStore,
  subject: { readonly userId: string | null; readonly sessionId?: string },
  origin: RequestOrigin,
  refusal: Refusal = invalidCredentials(),
): Promise<never> {
  await store.transact([], (tx) =>
    tx.record([
      {
        type: 'LOGIN_FAILED',
        at: tx.now,
        actorId: null,
        ...origin,
        userId: subject.userId,
        sessionId: subject.sessionId ?? null,
        detail: refusal.code,
      },
    ]),
  );
  throw refusal;
}
