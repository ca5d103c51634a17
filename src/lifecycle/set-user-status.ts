import { parseLabel } from '../accounts/label.ts';
import type { User } from '../accounts/user.ts';
import { type Actor, endSessions } from '../sessions/end-sessions.ts';
import { liveSessions } from '../sessions/revoke-sessions.ts';
import { changeAccount, type LifecycleServices } from './keep-an-admin.ts';

const LONGEST_REASON = 500;

export interface StatusChange {
  readonly userId: string;
  readonly status: 'ACTIVE' | 'SUSPENDED';
  /** Why, for the security log; one line of at most 500 characters. */
  readonly reason: string | null;
}

/**
 * Suspends or reactivates an account. A suspension ends its sessions in the same transaction (ASVS V7.4.2); a
 * reactivation does not revive them.
 *
 * @throws Refusal NOT_FOUND; BAD_USER_INPUT for an unfit reason or with problem LAST_ADMIN
 */
export async function setUserStatus(
  services: LifecycleServices,
  { userId, status, ...change }: StatusChange,
  actor: Actor,
): Promise<User> {
  const reason = parseLabel('reason', change.reason, LONGEST_REASON);
  return changeAccount(services, userId, status === 'SUSPENDED', async (tx, user) => {
    if (user.status === status) {
      tx.foundVersion(user);
      return user;
    }
    const live = await liveSessions(tx, userId);
    const changes = { status, tokenVersion: user.tokenVersion + 1 };
    await tx.updateUser(user, changes);
    await endSessions(tx, live, 'USER_SUSPENDED', actor);
    await tx.record([
      {
        type: 'STATUS_CHANGED',
        at: tx.now,
        userId,
        sessionId: null,
        detail: reason === null ? status : `${status}: ${reason}`,
        ...actor,
      },
    ]);
    return { ...user, ...changes };
  });
}
