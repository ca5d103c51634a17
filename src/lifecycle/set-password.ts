import type { User } from '../accounts/user.ts';
import type { Actor } from '../sessions/end-sessions.ts';
import type { SessionTransaction } from '../sessions/store.ts';

/**
 * Writes a new password of a locked account; access tokens issued before it go stale.
 *
 * @param sessionId the session in which its owner changed it; null: somebody else did
 */
export async function setPassword(
  tx: SessionTransaction,
  user: User,
  passwordHash: string,
  actor: Actor,
  sessionId: string | null,
): Promise<User> {
  const changes = { passwordHash, tokenVersion: user.tokenVersion + 1 };
  await tx.updateUser(user, changes);
  await tx.record([
    { type: 'PASSWORD_CHANGED', at: tx.now, userId: user.id, sessionId, detail: null, ...actor },
  ]);
  return { ...user, ...changes };
}
