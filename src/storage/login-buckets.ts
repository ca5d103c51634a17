import type { BucketStore, BucketTransaction } from '../accounts/login-bucket.ts';
import { uuidToBytes } from '../tokens/uuid.ts';
import type { Database } from './database.ts';
import { NOW } from './dialect.ts';
import { confirmed } from './failures.ts';
import type { Transactions } from './transactions.ts';

/** The counters of failed logins, shared by all instances. */
export class StoredLoginBuckets implements BucketStore {
  constructor(
    private readonly database: Database,
    private readonly transactions: Transactions,
  ) {}

  async isKnown(ids: readonly string[]): Promise<boolean> {
    const { reader, rows, dialect } = this.database;
    return confirmed(() =>
      reader.manager
        .createQueryBuilder(rows.loginBuckets, 'bucket')
        .where('bucket.id IN (:...ids)', { ids: ids.map(uuidToBytes) })
        .andWhere(`bucket.known_until > ${NOW[dialect]}`)
        .getExists(),
    );
  }

  async transactBuckets<T>(work: (tx: BucketTransaction) => Promise<T>): Promise<T> {
    return this.transactions.run([], work);
  }
}
