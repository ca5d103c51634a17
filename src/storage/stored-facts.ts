import type { Database } from './database.ts';

/** What an operator would want to know of the accounts, at a cost that does not grow with their number. */
export interface AccountFacts {
  readonly anyUser: boolean;
  /** E-mails of active admins, at most a hundred. */
  readonly admins: readonly string[];
  /** Addresses of the newest sessions, at most a hundred; null where none was known. */
  readonly newestAddresses: readonly (string | null)[];
}

const MOST = 100;

export async function readAccountFacts({ reader }: Database): Promise<AccountFacts> {
  const users = await reader.query<object[]>('SELECT 1 FROM users LIMIT 1');
  const admins = await reader.query<{ email: string }[]>(
    `SELECT email FROM users WHERE roles = 'USER,ADMIN' AND status = 'ACTIVE' LIMIT ${MOST}`,
  );
  const sessions = await reader.query<{ ip_address: string | null }[]>(
    `SELECT ip_address FROM sessions ORDER BY created_at DESC LIMIT ${MOST}`,
  );
  return {
    anyUser: users.length > 0,
    admins: admins.map(({ email }) => email),
    newestAddresses: sessions.map(({ ip_address }) => ip_address),
  };
}

/** SQLite's, as the file says: `wal`, or what stands in its place. */
export async function readJournalMode({ reader }: Database): Promise<string> {
  const [row] = await reader.query<{ journal_mode: string }[]>('PRAGMA journal_mode');
  return row?.journal_mode ?? '';
}
