import type { BucketNames } from '../accounts/bucket-names.ts';
import { forgetAddresses } from '../accounts/forget-addresses.ts';
import { generatePassword } from '../accounts/generate-password.ts';
import type { AccountServices } from '../accounts/services.ts';
import { notFound } from '../errors/refusal.ts';
import { type Actor, endSessions } from '../sessions/end-sessions.ts';
import { liveSessions } from '../sessions/revoke-sessions.ts';
import type { SessionStore } from '../sessions/store.ts';
import { setPassword } from './set-password.ts';

export interface ResetServices {
  readonly accounts: Pick<AccountServices, 'passwords'>;
  readonly store: SessionStore;
  readonly bucketNames: BucketNames;
}

/**
 * Gives an account that was taken over a generated password and ends all its sessions: whoever holds the old password,
 * a refresh token or an access token holds nothing.
 *
 * @throws Refusal NOT_FOUND
 */
export async function resetPassword(
  services: ResetServices,
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
    const ended = await endSessions(tx, live, 'PASSWORD_CHANGED', actor);
    if (user.email !== null) await forgetAddresses(tx, services.bucketNames, user.email);
    return ended.length;
  });
  return { password, endedSessions };
}
