import { IsNull, MoreThan } from 'typeorm';
import type { Session } from '../sessions/session.ts';
import type { SessionStore, SessionTransaction } from '../sessions/store.ts';
import type { SessionSource } from '../sessions/tell-events.ts';
import { uuidToBytes } from '../tokens/uuid.ts';
import type { Database } from './database.ts';
import { confirmed } from './failures.ts';
import type { Transactions } from './transactions.ts';

export class StoredSessions implements SessionStore, SessionSource {
  constructor(
    private readonly database: Database,
    private readonly transactions: Transactions,
  ) {}

  async find(id: string): Promise<Session | undefined> {
    const { reader, rows } = this.database;
    return confirmed(async () => (await reader.manager.findOneBy(rows.sessions, { id })) ?? undefined);
  }

  async findAll(ids: readonly string[]): Promise<Session[]> {
    const { reader, rows } = this.database;
    const query = reader.manager
      .createQueryBuilder(rows.sessions, 'session')
      .where('session.id IN (:...ids)', { ids: ids.map(uuidToBytes) });
    return confirmed(() => query.getMany());
  }

  async live(userId: string, now: number, limit: number): Promise<Session[]> {
    const { reader, rows } = this.database;
    return confirmed(() =>
      reader.manager.find(rows.sessions, {
        where: { userId, endedAt: IsNull(), idleExpiresAt: MoreThan(now) },
        order: { lastSeenAt: 'DESC', id: 'DESC' },
        take: limit,
      }),
    );
  }

  /** Every session of a user, or those that have not been ended, newest use first. */
  async ofUser(userId: string, withEnded: boolean): Promise<Session[]> {
    const { reader, rows } = this.database;
    return confirmed(() =>
      reader.manager.find(rows.sessions, {
        where: withEnded ? { userId } : { userId, endedAt: IsNull() },
        order: { lastSeenAt: 'DESC', id: 'DESC' },
      }),
    );
  }

  async transact<T>(
    userIds: readonly string[],
    work: (tx: SessionTransaction) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    return this.transactions.run(userIds, work, signal);
  }
}
