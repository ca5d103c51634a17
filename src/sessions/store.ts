import type { BucketTransaction } from '../accounts/login-bucket.ts';
import type { User } from '../accounts/user.ts';
import type { AuditEvent, RequestOrigin } from '../audit/event.ts';
import type { SessionEndReason } from '../errors/refusal.ts';
import type { RotationState, Session } from './session.ts';

/** Columns of a session that change in its life, its ending apart. */
export type SessionChanges = Partial<
  RotationState & RequestOrigin & Pick<Session, 'lastSeenAt' | 'idleExpiresAt' | 'authenticatedAt'>
>;

/** Columns of an account that change in its life. */
export type UserChanges = Partial<Omit<User, 'id' | 'createdAt'>>;

/**
 * One transaction: all of it becomes durable, or none. The rows of the users that it was opened for are locked, in the
 * order of their ids, before any session row (lock order everywhere: users, sessions, login buckets, each by id).
 */
export interface SessionTransaction extends BucketTransaction {
  /** The database's time in milliseconds, read in the statement that took the locks. */
  readonly now: number;
  /** Of the signing keys, read in the same statement. */
  readonly keyEpoch: number;
  /** A locked user; undefined: there is no such user, or the transaction was not opened for it. */
  user(id: string): User | undefined;
  /** Reads and locks one session. */
  session(id: string): Promise<Session | undefined>;
  /** Reads and locks several sessions, by id. */
  sessions(ids: readonly string[]): Promise<Session[]>;
  /** Reads and locks the sessions of a user that have not been ended, by id; deadlines are the caller's to judge. */
  openSessions(userId: string): Promise<Session[]>;
  /** @throws EmailTaken */
  insertUser(user: User): Promise<void>;
  insertSession(session: Session): Promise<void>;
  /** Applies `changes` if the row still is what `session` says; else the whole transaction starts anew. */
  updateSession(session: Session, changes: SessionChanges): Promise<void>;
  /**
   * Writes the end of sessions that have none; only `endSessions` calls it.
   *
   * @param endedBy the user who did it; null: the operator, or nobody
   */
  markEnded(
    sessionIds: readonly string[],
    end: { readonly endedAt: number; readonly endReason: SessionEndReason; readonly endedBy: string | null },
  ): Promise<void>;
  /** Applies `changes` if the row still is what `user` says; else the whole transaction starts anew. */
  updateUser(user: User, changes: UserChanges): Promise<void>;
  /** The account is as somebody wants it already: what made it so is known to this instance before they hear of it. */
  foundVersion(user: User): void;
  record(events: readonly AuditEvent[]): Promise<void>;
}

export interface SessionStore {
  find(id: string): Promise<Session | undefined>;
  /** Sessions that live at `now`, newest use first. */
  live(userId: string, now: number, limit: number): Promise<Session[]>;
  /**
   * Runs `work` in one transaction that holds the locks of `userIds`; a conflict or a deadlock runs it again from the
   * start, so it must do nothing but speak to the transaction.
   *
   * @param signal aborted: the caller has given up; work that has not begun does not begin
   * @throws Refusal UNAVAILABLE when the database cannot be reached or does not answer
   */
  transact<T>(
    userIds: readonly string[],
    work: (tx: SessionTransaction) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T>;
}
