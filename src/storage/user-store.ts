import { MoreThan } from 'typeorm';
import type { User } from '../accounts/user.ts';
import type { UserStore } from '../accounts/user-store.ts';
import type { Database } from './database.ts';
import { confirmed } from './failures.ts';

export class StoredUsers implements UserStore {
  constructor(private readonly database: Database) {}

  async findByEmail(email: string): Promise<User | undefined> {
    return this.#findOne({ email });
  }

  async findById(id: string): Promise<User | undefined> {
    return this.#findOne({ id });
  }

  async count(): Promise<number> {
    return confirmed(() => this.database.reader.manager.count(this.database.rows.users));
  }

  /** Accounts by age, at most `limit`, after the one with id `after`. */
  async list(limit: number, after?: string): Promise<User[]> {
    return confirmed(() =>
      this.database.reader.manager.find(this.database.rows.users, {
        where: after === undefined ? {} : { id: MoreThan(after) },
        order: { id: 'ASC' },
        take: limit,
      }),
    );
  }

  async #findOne(where: { email: string } | { id: string }): Promise<User | undefined> {
    const { reader, rows } = this.database;
    return confirmed(async () => (await reader.manager.findOneBy(rows.users, where)) ?? undefined);
  }
}
