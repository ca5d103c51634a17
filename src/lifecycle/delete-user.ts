import { type Actor, endSessions } from '../sessions/end-sessions.ts';
import { liveSessions } from '../sessions/revoke-sessions.ts';
import { changeAccount, type LifecycleServices } from './keep-an-admin.ts';

/** No argon2 hash: nothing verifies against it. */
const NO_PASSWORD = '';

/**
 * Deletes an account. A tombstone stays, so that the security log keeps its subject; what named the person is gone and
 * the e-mail is free again.
 *
 * @returns how many live sessions it ended
 * @throws Refusal NOT_FOUND; BAD_USER_INPUT with problem LAST_ADMIN
 */
export async function deleteUser(services: LifecycleServices, userId: string, actor: Actor): Promise<number> {
  return changeAccount(services, userId, true, async (tx, user) => {
    const live = await liveSessions(tx, userId);
    await tx.updateUser(user, {
      status: 'DELETED',
      email: null,
      displayName: null,
      passwordHash: NO_PASSWORD,
      roles: ['USER'],
      tokenVersion: user.tokenVersion + 1,
    });
    const ended = await endSessions(tx, live, 'USER_DELETED', actor);
    await tx.record([{ type: 'USER_DELETED', at: tx.now, userId, sessionId: null, detail: null, ...actor }]);
    return ended.length;
  });
}
