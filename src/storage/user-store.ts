import { In } from 'typeorm';
import type { UserDirectory } from '../accounts/list-users.ts';
import type { User } from '../accounts/user.ts';
import type { UserStore } from '../accounts/user-store.ts';
import type { AdminFinder } from '../lifecycle/keep-an-admin.ts';
import { type Page, type PageRequest, pageOf } from '../paging/page.ts';
import { uuidToBytes } from '../tokens/uuid.ts';
import type { Database } from './database.ts';
import { confirmed } from './failures.ts';

/** Above every character that an e-mail can hold. */
const AFTER_ALL = '\u{10ffff}';

export class StoredUsers implements UserStore, UserDirectory, AdminFinder {
  constructor(private readonly database: Database) {}

  async findByEmail(email: string): Promise<User | undefined> {
    return this.#findOne({ email });
  }

  async findById(id: string): Promise<User | undefined> {
    return this.#findOne({ id });
  }

  async findByIds(ids: readonly string[]): Promise<ReadonlyMap<string, User>> {
    const { reader, rows } = this.database;
    const distinct = [...new Set(ids)];
    const users = await confirmed(() => reader.manager.findBy(rows.users, { id: In(distinct) }));
    return new Map(users.map((user) => [user.id, user]));
  }

  async findOtherAdmin(userId: string): Promise<string | undefined> {
    const { reader, rows } = this.database;
    const other = await confirmed(() =>
      reader.manager
        .createQueryBuilder(rows.users, 'user')
        .where('user.roles = :roles AND user.status = :status', { roles: 'USER,ADMIN', status: 'ACTIVE' })
        .andWhere('user.id <> :id', { id: uuidToBytes(userId) })
        .limit(1)
        .getOne(),
    );
    return other?.id;
  }

  /** A range instead of LIKE, whose rules of case differ between the databases; both compare bytes here. */
  async list(prefix: string, page: PageRequest): Promise<Page<User>> {
    const { reader, rows } = this.database;
    const query = reader.manager
      .createQueryBuilder(rows.users, 'user')
      .where('user.email >= :prefix AND user.email < :end', { prefix, end: prefix + AFTER_ALL })
      .orderBy('user.email')
      .limit(page.first + 1);
    if (page.after !== undefined) query.andWhere('user.email > :after', { after: page.after[0] });
    const users = await confirmed(() => query.getMany());
    return pageOf(users, page.first, (user) => [user.email ?? '']);
  }

  async #findOne(where: { email: string } | { id: string }): Promise<User | undefined> {
    const { reader, rows } = this.database;
    return confirmed(async () => (await reader.manager.findOneBy(rows.users, where)) ?? undefined);
  }
}
