import { randomBytes } from 'node:crypto';
import type { TestDatabase } from './databases.ts';

/** What an operator gives the server: a user with all privileges on its own database and none beyond. */
export interface RestrictedUser {
  /** For DATABASE_URL. SQLite has no users: its own. */
  readonly url: string;
  drop(): Promise<void>;
}

export async function restrictedUser(database: TestDatabase): Promise<RestrictedUser> {
  if (database.kind === 'sqlite') return { url: database.url, drop: async () => undefined };
  const [name, password] = [`portcullis_${randomBytes(4).toString('hex')}`, randomBytes(12).toString('hex')];
  const url = new URL(database.url);
  await database.query(`CREATE USER '${name}'@'%' IDENTIFIED BY '${password}'`);
  await database.query(`GRANT ALL ON ${url.pathname.slice(1)}.* TO '${name}'@'%'`);
  Object.assign(url, { username: name, password });
  return { url: url.href, drop: async () => void (await database.query(`DROP USER '${name}'@'%'`)) };
}
