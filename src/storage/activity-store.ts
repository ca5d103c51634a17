import type { ActivityCount, ActivityStore } from '../activity/activity.ts';
import type { Database } from './database.ts';
import { confirmed } from './failures.ts';
import type { Transactions } from './transactions.ts';

/** What happened in each hour, summed up by all instances. */
export class StoredActivity implements ActivityStore {
  constructor(
    private readonly database: Database,
    private readonly transactions: Transactions,
  ) {}

  async add(counts: readonly ActivityCount[]): Promise<void> {
    // In one order, so that instances which save at once wait for one another and do not block one another.
    const ordered = counts.toSorted((a, b) => a.hour - b.hour || (a.kind < b.kind ? -1 : 1));
    await this.transactions.run([], async (tx) => {
      for (const count of ordered) await tx.addActivity(count);
    });
  }

  async since(hour: number): Promise<readonly ActivityCount[]> {
    const { reader, rows } = this.database;
    const query = reader.manager
      .createQueryBuilder(rows.activityHours, 'activity')
      .where('activity.hour >= :hour', { hour });
    return confirmed(() => query.getMany());
  }
}
