import type { AuditEvent, RequestOrigin } from '../audit/event.ts';
import type { User } from './user.ts';

/** The part of a transaction in which an account is created. */
export interface UserTransaction {
  readonly now: number;
  /** @throws EmailTaken */
  insertUser(user: User): Promise<void>;
  record(events: readonly AuditEvent[]): Promise<void>;
}

/** Who created an account, and from where; `actorId` null: the operator. */
export type Creator = RequestOrigin & { readonly actorId: string | null };

/**
 * Writes a prepared account and its line in the security log.
 *
 * @throws EmailTaken
 */
export async function createUser(
  tx: UserTransaction,
  prepared: Omit<User, 'createdAt'>,
  creator: Creator,
): Promise<User> {
  const user = { ...prepared, createdAt: tx.now };
  await tx.insertUser(user);
  await tx.record([
    { type: 'USER_CREATED', at: tx.now, userId: user.id, sessionId: null, detail: null, ...creator },
  ]);
  return user;
}
