import type { User } from '../accounts/user.ts';
import { badUserInput, notFound } from '../errors/refusal.ts';
import type { SessionStore, SessionTransaction } from '../sessions/store.ts';

/** Who else could still administer. */
export interface AdminFinder {
  /** Any active admin but this one. */
  findOtherAdmin(userId: string): Promise<string | undefined>;
}

export interface LifecycleServices {
  readonly store: SessionStore;
  readonly admins: AdminFinder;
}

/**
 * Changes an account under its lock. Where the change takes an active admin away, another one is locked together with it,
 * so that two admins who remove one another at the same moment cannot both succeed.
 *
 * @param removesAdmin whether the change, applied to the locked account, leaves it without a say
 * @throws Refusal NOT_FOUND; BAD_USER_INPUT with problem LAST_ADMIN
 */
export async function changeAccount<T>(
  services: LifecycleServices,
  userId: string,
  removesAdmin: boolean,
  change: (tx: SessionTransaction, user: User) => Promise<T>,
): Promise<T> {
  for (;;) {
    const other = removesAdmin ? await services.admins.findOtherAdmin(userId) : undefined;
    const outcome = await services.store.transact([userId, ...(other ? [other] : [])], async (tx) => {
      const user = tx.user(userId);
      if (user === undefined || user.status === 'DELETED') throw notFound('user');
      if (removesAdmin && isActiveAdmin(user)) {
        if (other === undefined) throw lastAdmin();
        // Removed since it was found: look for another.
        if (!isActiveAdmin(tx.user(other))) return undefined;
      }
      return { result: await change(tx, user) };
    });
    if (outcome !== undefined) return outcome.result;
  }
}

function isActiveAdmin(user: User | undefined): boolean {
  return user !== undefined && user.status === 'ACTIVE' && user.roles.includes('ADMIN');
}

function lastAdmin() {
  return badUserInput('userId', 'LAST_ADMIN', 'This is the last admin; make another one first.');
}
