import { type EntityManager, type FindOptionsWhere, IsNull, type QueryDeepPartialEntity } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { FirstAdminTransaction } from '../accounts/first-admin.ts';
import type { LoginBucket } from '../accounts/login-bucket.ts';
import type { User } from '../accounts/user.ts';
import { EmailTaken } from '../accounts/user-store.ts';
import type { ActivityCount } from '../activity/activity.ts';
import type { AuditEvent } from '../audit/event.ts';
import type { SessionEndReason } from '../errors/refusal.ts';
import type { RotationTransaction } from '../keys/rotate-signing-key.ts';
import type { StoredSigningKey } from '../keys/signing-key.ts';
import type { Client, ClientTransaction } from '../oauth/client.ts';
import { EFFECTIVE_FOR, type KnownRevocation, type Revocation } from '../revocation/revocation.ts';
import type { Session } from '../sessions/session.ts';
import type { SessionChanges, SessionTransaction, UserChanges } from '../sessions/store.ts';
import { uuidToBytes } from '../tokens/uuid.ts';
import { chunks } from './chunks.ts';
import type { Database } from './database.ts';
import { deleteBatch, type PurgedTable } from './delete-batch.ts';
import { NOW } from './dialect.ts';
import { Conflict, isDuplicate } from './failures.ts';
import { KEY_EPOCH, WITH_KEY_EPOCH } from './key-epoch.ts';

const ADD_ACTIVITY = {
  mysql: 'ON DUPLICATE KEY UPDATE count = count + ?',
  sqlite: 'ON CONFLICT (hour, kind) DO UPDATE SET count = count + ?',
} as const;

/** The statements of one open transaction; `Transactions` begins and commits it. */
export class StoredTransaction
  implements SessionTransaction, RotationTransaction, FirstAdminTransaction, ClientTransaction
{
  /** Events of the security log that become true with the commit. */
  readonly events: AuditEvent[] = [];
  /** What the commit revokes. Collected here, where it is written, so that no way of revoking can leave the feed out. */
  readonly revocations: Revocation[] = [];

  /**
   * What was revoked before, perhaps by another instance, and its caller is told of now, as by a second logout: here too no
   * token of it may be accepted after the answer.
   */
  readonly found: KnownRevocation[] = [];

  private constructor(
    private readonly database: Pick<Database, 'dialect' | 'rows'>,
    private readonly manager: EntityManager,
    readonly now: number,
    readonly keyEpoch: number,
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
      .addSelect(WITH_KEY_EPOCH, 'key_epoch')
      .where('user.id IN (:...ids)', { ids: userIds.map(uuidToBytes) })
      .orderBy('user.id');
    if (database.dialect === 'mysql') query.setLock('pessimistic_write');
    const found = userIds.length === 0 ? { raw: [], entities: [] } : await query.getRawAndEntities();
    const alone = `SELECT ${now} AS db_now, ${WITH_KEY_EPOCH} AS key_epoch`;
    const [timed] = found.raw.length > 0 ? found.raw : await manager.query(alone);
    const users = new Map(found.entities.map((user) => [user.id, user]));
    return new StoredTransaction(database, manager, Number(timed.db_now), Number(timed.key_epoch), users);
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
    const sessions = await query.getMany();
    this.found.push(...sessions.flatMap(endOf));
    return sessions;
  }

  foundVersion({ id, tokenVersion }: User): void {
    const times = { createdAt: this.now, effectiveUntil: this.now + EFFECTIVE_FOR };
    this.found.push({ kind: 'USER', userId: id, leastVersion: tokenVersion, ...times });
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
    const reason = end.endReason;
    this.revocations.push(
      ...sessionIds.map((sessionId) => ({ kind: 'SESSION' as const, sessionId, reason })),
    );
  }

  async updateUser(user: User, changes: UserChanges): Promise<void> {
    const { id, tokenVersion, status, passwordHash } = user;
    const { affected } = await this.manager.update(
      this.database.rows.users,
      { id, tokenVersion, status, passwordHash },
      changes as QueryDeepPartialEntity<User>,
    );
    expectAffected(affected, 1);
    if (changes.tokenVersion !== undefined)
      this.revocations.push({ kind: 'USER', userId: id, leastVersion: changes.tokenVersion });
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

  async loginBuckets(ids: readonly string[]): Promise<LoginBucket[]> {
    return this.#lockedBuckets('bucket.id IN (:...ids)', ids);
  }

  async loginBucketsOf(accountIds: readonly string[]): Promise<LoginBucket[]> {
    return this.#lockedBuckets('bucket.account_id IN (:...ids)', accountIds);
  }

  async #lockedBuckets(condition: string, ids: readonly string[]): Promise<LoginBucket[]> {
    const query = this.manager
      .createQueryBuilder(this.database.rows.loginBuckets, 'bucket')
      .where(condition, { ids: ids.map(uuidToBytes) })
      .orderBy('bucket.id');
    if (this.database.dialect === 'mysql') query.setLock('pessimistic_write');
    return query.getMany();
  }

  async saveLoginBucket(bucket: LoginBucket, before: LoginBucket | undefined): Promise<void> {
    const { loginBuckets } = this.database.rows;
    if (before === undefined) {
      await this.manager.insert(loginBuckets, bucket).catch((error: unknown) => {
        // Somebody else made the row since it was looked for.
        throw isDuplicate(error) ? new Conflict('the bucket is there already') : error;
      });
      return;
    }
    const { id, failures, inFlight, windowEndsAt, lastFailedAt } = before;
    const decidedUpon = { id, failures, inFlight, windowEndsAt, lastFailedAt };
    const { affected } = await this.manager.update(loginBuckets, decidedUpon, bucket);
    expectAffected(affected, 1);
  }

  async deleteBatch(
    table: PurgedTable,
    condition: string,
    values: readonly number[],
    limit: number,
  ): Promise<number> {
    const sql = deleteBatch(this.database.dialect, table, condition, limit);
    const deleted = await this.manager.queryRunner?.query(sql, [...values], true);
    return deleted?.affected ?? 0;
  }

  async addActivity({ hour, kind, count }: ActivityCount): Promise<void> {
    const sql = `INSERT INTO activity_hours (hour, kind, count) VALUES (?, ?, ?) ${ADD_ACTIVITY[this.database.dialect]}`;
    await this.manager.query(sql, [hour, kind, count, count]);
  }

  async insertClient(client: Client): Promise<void> {
    await this.manager.insert(this.database.rows.clients, client);
  }

  async client(id: string): Promise<Client | undefined> {
    const query = this.manager
      .createQueryBuilder(this.database.rows.clients, 'client')
      .where('client.id = :id', { id: uuidToBytes(id) });
    if (this.database.dialect === 'mysql') query.setLock('pessimistic_write');
    return (await query.getOne()) ?? undefined;
  }

  async updateClient(id: string, changes: Partial<Client>): Promise<void> {
    await this.manager.update(this.database.rows.clients, { id }, changes);
  }

  async countUsers(): Promise<number> {
    return this.manager.count(this.database.rows.users);
  }

  /** The row of the epoch stands for all keys: whoever wants to change one waits here for who came before. */
  async signingKeys(): Promise<StoredSigningKey[]> {
    if (this.database.dialect === 'mysql') await this.manager.query(`${KEY_EPOCH} FOR UPDATE`);
    return this.manager.find(this.database.rows.signingKeys);
  }

  async insertSigningKey(key: StoredSigningKey): Promise<void> {
    await this.manager.insert(this.database.rows.signingKeys, key);
  }

  async updateSigningKey(kid: string, changes: Partial<StoredSigningKey>): Promise<void> {
    const { affected } = await this.manager.update(this.database.rows.signingKeys, { kid }, changes);
    expectAffected(affected, 1);
  }

  /** To the time, or one more: a number whose commit was lost in a failover must not come again for other keys. */
  async raiseKeyEpoch(): Promise<void> {
    const higher = 'CASE WHEN epoch < ? THEN ? ELSE epoch + 1 END';
    await this.manager.query(`UPDATE signing_key_epoch SET epoch = ${higher}`, [this.now, this.now]);
    const [raised] = await this.manager.query<{ epoch: unknown }[]>(KEY_EPOCH);
    this.revocations.push({ kind: 'KEYS', epoch: Number(raised?.epoch) });
  }
}

function endOf({ id, endedAt, endReason }: Session): KnownRevocation[] {
  if (endedAt === null || endReason === null) return [];
  const times = { createdAt: endedAt, effectiveUntil: endedAt + EFFECTIVE_FOR };
  return [{ kind: 'SESSION', sessionId: id, reason: endReason, ...times }];
}

function expectAffected(affected: number | null | undefined, expected: number): void {
  if (affected !== expected) throw new Conflict(`${affected} of ${expected} rows were as they had been read`);
}
