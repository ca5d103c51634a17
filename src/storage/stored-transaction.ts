import { type EntityManager, type FindOptionsWhere, IsNull, type QueryDeepPartialEntity } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { FirstAdminTransaction } from '../accounts/first-admin.ts';
import type { User } from '../accounts/user.ts';
import { EmailTaken } from '../accounts/user-store.ts';
import type { AuditEvent } from '../audit/event.ts';
import type { SessionEndReason } from '../errors/refusal.ts';
import type { KeyTransaction } from '../keys/prepare-keys.ts';
import type { StoredSigningKey } from '../keys/signing-key.ts';
import type { Session } from '../sessions/session.ts';
import type { SessionChanges, SessionTransaction, UserChanges } from '../sessions/store.ts';
import { uuidToBytes } from '../tokens/uuid.ts';
import type { Database } from './database.ts';
import { NOW } from './dialect.ts';
import { Conflict, isDuplicate } from './failures.ts';

/** Rows per statement of a bulk write. */
const CHUNK = 500;

/** The statements of one open transaction; `Transactions` begins and commits it. */
export class StoredTransaction implements SessionTransaction, KeyTransaction, FirstAdminTransaction {
  /** Events of the security log that become true with the commit. */
  readonly events: AuditEvent[] = [];

  private constructor(
    private readonly database: Pick<Database, 'dialect' | 'rows'>,
    private readonly manager: EntityManager,
    readonly now: number,
    private readonly users: ReadonlyMap<string, User>,
  ) {}

  /** Takes the locks of `userIds`, in the order of their ids, and reads the time in the same statement. */
  static async open(
    database: Pick<Database, 'dialect' | 'rows'>,
    manager: EntityManager,
    userIds: readonly string[],
  ): Promise<StoredTransaction> {
    const now = NOW[database.dialect];
    const query = manager
      .createQueryBuilder(database.rows.users, 'user')
      .addSelect(now, 'db_now')
      .where('user.id IN (:...ids)', { ids: userIds.map(uuidToBytes) })
      .orderBy('user.id');
    if (database.dialect === 'mysql') query.setLock('pessimistic_write');
    const found = userIds.length === 0 ? { raw: [], entities: [] } : await query.getRawAndEntities();
    const [timed] = found.raw.length > 0 ? found.raw : await manager.query(`SELECT ${now} AS db_now`);
    const users = new Map(found.entities.map((user) => [user.id, user]));
    return new StoredTransaction(database, manager, Number(timed.db_now), users);
  }

  user(id: string): User | undefined {
    return this.users.get(id);
  }

  async session(id: string): Promise<Session | undefined> {
    return (await this.#lockedSessions('session.id = :id', { id: uuidToBytes(id) }))[0];
  }

  async sessions(ids: readonly string[]): Promise<Session[]> {
    return this.#lockedSessions('session.id IN (:...ids)', { ids: ids.map(uuidToBytes) });
  }

  async openSessions(userId: string): Promise<Session[]> {
    return this.#lockedSessions('session.user_id = :id AND session.ended_at IS NULL', {
      id: uuidToBytes(userId),
    });
  }

  async #lockedSessions(
    condition: string,
    parameters: { id: Uint8Array } | { ids: Uint8Array[] },
  ): Promise<Session[]> {
    const query = this.manager
      .createQueryBuilder(this.database.rows.sessions, 'session')
      .where(condition, parameters)
      .orderBy('session.id');
    if (this.database.dialect === 'mysql') query.setLock('pessimistic_write');
    return query.getMany();
  }

  async insertUser(user: User): Promise<void> {
    try {
      await this.manager.insert(this.database.rows.users, user as QueryDeepPartialEntity<User>);
    } catch (error) {
      throw isDuplicate(error) ? new EmailTaken() : error;
    }
  }

  async insertSession(session: Session): Promise<void> {
    await this.manager.insert(this.database.rows.sessions, session);
  }

  async updateSession(session: Session, changes: SessionChanges): Promise<void> {
    // The columns that were decided upon stand in the condition again: a lost update is impossible even where the lock
    // would fail to hold (never check-then-act, DESIGN section 4).
    const decidedUpon: FindOptionsWhere<Session> = {
      id: session.id,
      generation: session.generation,
      branch: session.branch,
      nextBranch: session.nextBranch ?? IsNull(),
      rotatedAt: session.rotatedAt ?? IsNull(),
      successorSeen: session.successorSeen,
      endedAt: IsNull(),
    };
    const { affected } = await this.manager.update(this.database.rows.sessions, decidedUpon, changes);
    expectAffected(affected, 1);
  }

  async markEnded(
    sessionIds: readonly string[],
    end: { endedAt: number; endReason: SessionEndReason; endedBy: string | null },
  ): Promise<void> {
    for (const ids of chunks(sessionIds)) {
      const { affected } = await this.manager
        .createQueryBuilder()
        .update(this.database.rows.sessions)
        .set(end)
        .where('id IN (:...ids) AND ended_at IS NULL', { ids: ids.map(uuidToBytes) })
        .execute();
      expectAffected(affected, ids.length);
    }
  }

  async updateUser(user: User, changes: UserChanges): Promise<void> {
    const { id, tokenVersion, status, passwordHash } = user;
    const { affected } = await this.manager.update(
      this.database.rows.users,
      { id, tokenVersion, status, passwordHash },
      changes as QueryDeepPartialEntity<User>,
    );
    expectAffected(affected, 1);
  }

  async record(events: readonly AuditEvent[]): Promise<void> {
    for (const chunk of chunks(events)) {
      await this.manager.insert(
        this.database.rows.auditEvents,
        chunk.map((event) => ({ id: uuidv7(), ...event })),
      );
    }
    this.events.push(...events);
  }

  /** Deletes the first rows that fulfil the condition and that nobody else has locked. */
  async deleteBatch(
    table: 'sessions' | 'audit_events',
    condition: string,
    before: number,
    limit: number,
  ): Promise<number> {
    const found = `SELECT id FROM ${table} WHERE ${condition} LIMIT ${limit}`;
    // Joined in this order, only what was found is looked at; given a list of ids, MySQL reads all of a small table, and
    // waits for every row that somebody holds.
    const sql =
      this.database.dialect === 'mysql'
        ? `DELETE ${table} FROM (${found} FOR UPDATE SKIP LOCKED) found STRAIGHT_JOIN ${table} ON ${table}.id = found.id`
        : `DELETE FROM ${table} WHERE id IN (${found})`;
    const deleted = await this.manager.queryRunner?.query(sql, [before], true);
    return deleted?.affected ?? 0;
  }

  async countUsers(): Promise<number> {
    return this.manager.count(this.database.rows.users);
  }

  async signingKeys(): Promise<StoredSigningKey[]> {
    return this.manager.find(this.database.rows.signingKeys);
  }

  async insertSigningKey(key: StoredSigningKey): Promise<void> {
    await this.manager.insert(this.database.rows.signingKeys, key);
  }

  async replaceSigningKey({ id, ...columns }: StoredSigningKey): Promise<void> {
    await this.manager.update(this.database.rows.signingKeys, { id }, columns);
  }
}

function expectAffected(affected: number | null | undefined, expected: number): void {
  if (affected !== expected) throw new Conflict(`${affected} of ${expected} rows were as they had been read`);
}

function chunks<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / CHUNK) }, (_, index) =>
    items.slice(index * CHUNK, (index + 1) * CHUNK),
  );
}
