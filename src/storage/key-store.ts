import type { KeySet } from '../keys/key-ring.ts';
import type { KeyStore, RotationTransaction } from '../keys/rotate-signing-key.ts';
import type { Database } from './database.ts';
import { confirmed } from './failures.ts';
import { WITH_KEY_EPOCH } from './key-epoch.ts';
import type { Transactions } from './transactions.ts';

export class StoredSigningKeys implements KeyStore {
  constructor(
    private readonly database: Database,
    private readonly transactions: Transactions,
  ) {}

  load(): Promise<KeySet> {
    return readKeySet(this.database);
  }

  transact<T>(work: (tx: RotationTransaction) => Promise<T>): Promise<T> {
    return this.transactions.run([], work);
  }
}

/** One statement, and so one moment: keys of one epoch can never be taken for those of another. */
export async function readKeySet({ reader, rows }: Pick<Database, 'reader' | 'rows'>): Promise<KeySet> {
  const query = reader.manager
    .createQueryBuilder(rows.signingKeys, 'key')
    .addSelect(WITH_KEY_EPOCH, 'key_epoch');
  const { raw, entities } = await confirmed(() => query.getRawAndEntities());
  return { epoch: Number(raw[0]?.key_epoch), keys: entities };
}
