import { In } from 'typeorm';
import type { Client, ClientStore, ClientTransaction } from '../oauth/client.ts';
import type { Database } from './database.ts';
import { confirmed } from './failures.ts';
import type { Transactions } from './transactions.ts';

export class StoredClients implements ClientStore {
  constructor(
    private readonly database: Database,
    private readonly transactions: Transactions,
  ) {}

  async find(ids: readonly string[]): Promise<readonly Client[]> {
    const { reader, rows } = this.database;
    return confirmed(() => reader.manager.findBy(rows.clients, { id: In([...ids]) }));
  }

  async list(): Promise<readonly Client[]> {
    const { reader, rows } = this.database;
    return confirmed(() => reader.manager.find(rows.clients, { order: { id: 'ASC' } }));
  }

  transact<T>(work: (tx: ClientTransaction) => Promise<T>): Promise<T> {
    return this.transactions.run([], work);
  }
}
