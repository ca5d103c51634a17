import { ROLES, type Role, type User } from '../accounts/user.ts';
import type { Actor } from '../sessions/end-sessions.ts';
import { changeAccount, type LifecycleServices } from './keep-an-admin.ts';

/**
 * Gives an account exactly these roles, and USER, which everybody has. Its sessions live on; its access tokens, whose
 * claims are untrue now, go stale (ASVS V8.3.2).
 *
 * @throws Refusal NOT_FOUND; BAD_USER_INPUT with problem LAST_ADMIN
 */
export async function setUserRoles(
  services: LifecycleServices,
  userId: string,
  wanted: readonly Role[],
  actor: Actor,
): Promise<User> {
  const roles = ROLES.filter((role) => role === 'USER' || wanted.includes(role));
  return changeAccount(services, userId, !roles.includes('ADMIN'), async (tx, user) => {
    if (user.roles.join() === roles.join()) {
      tx.foundVersion(user);
      return user;
    }
    const changes = { roles, tokenVersion: user.tokenVersion + 1 };
    await tx.updateUser(user, changes);
    await tx.record([
      {
        type: 'ROLES_CHANGED',
        at: tx.now,
        userId,
        sessionId: null,
        detail: `${user.roles.join(' ')} to ${roles.join(' ')}`,
        ...actor,
      },
    ]);
    return { ...user, ...changes };
  });
}
