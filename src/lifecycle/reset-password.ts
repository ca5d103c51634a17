import { generatePassword } from '../accounts/generate-password.ts';
import type { AccountServices } from '../accounts/services.ts';
import { notFound } from '../errors/refusal.ts';
import { type Actor, endSessions } from '../sessions/end-sessions.ts';
import { liveSessions } from '../sessions/revoke-sessions.ts';
import type { SessionStore } from '../sessions/store.ts';
import { setPassword } from './set-password.ts';

/**
 * Gives an account that was taken over a generated password and ends all its sessions: whoever holds the old password,
 * a refresh token or an access token holds nothing.
 *
 * @throws Refusal NOT_FOUND
 */
export async function resetPassword(
  services: { readonly accounts: Pick<AccountServices, 'passwords'>; readonly store: SessionStore },
  userId: string,
  actor: Actor,
): Promise<{ readonly password: string; readonly endedSessions: number }> {
  const password = generatePassword();
  const passwordHash = await services.accounts.passwords.hash(password);
  const endedSessions = await services.store.transact([userId], async (tx) => {
    const user = tx.user(userId);
    if (user === undefined || user.status === 'DELETED') throw notFound('user');
    const live = await liveSessions(tx, userId);
    await setPassword(tx, user, passwordHash, actor, null);
    return (await endSessions(tx, live, 'PASSWORD_CHANGED', actor)).length;
  });
  return { password, endedSessions };
}
