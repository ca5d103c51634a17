import { idBytes, type TestDatabase } from './databases.ts';

type Row = Record<string, unknown>;

const TABLES = ['users', 'sessions', 'audit_events', 'signing_keys', 'signing_key_epoch', 'login_buckets'];

/** A session's row, every byte of it: two of them are equal only if nothing was written between. */
export async function sessionRow(database: TestDatabase, sessionId: string): Promise<Row> {
  const [row] = await database.query('SELECT * FROM sessions WHERE id = ?', [idBytes(sessionId)]);
  if (row === undefined) throw new Error(`There is no session ${sessionId}.`);
  return row;
}

export async function userRow(database: TestDatabase, userId: string): Promise<Row> {
  const [row] = await database.query('SELECT * FROM users WHERE id = ?', [idBytes(userId)]);
  if (row === undefined) throw new Error(`There is no user ${userId}.`);
  return row;
}

/** What the security log says of a session, oldest first. */
export async function auditOf(database: TestDatabase, sessionId: string, type?: string): Promise<Row[]> {
  const rows = await database.query('SELECT * FROM audit_events WHERE session_id = ? ORDER BY id', [
    idBytes(sessionId),
  ]);
  return type === undefined ? rows : rows.filter((row) => row['type'] === type);
}

export async function count(database: TestDatabase, table: string): Promise<number> {
  const [row] = await database.query(`SELECT COUNT(*) AS n FROM ${table}`);
  return Number(row?.['n']);
}

/** Everything that the database holds: two of them are equal only if nothing was written between. */
export async function snapshot(database: TestDatabase): Promise<string> {
  const tables = await Promise.all(
    TABLES.map(async (table) => [table, await database.query(`SELECT * FROM ${table} ORDER BY id`)]),
  );
  return JSON.stringify(tables);
}

/** Changes an account behind the server's back, as an operator with a database client could. */
export async function changeUser(
  database: TestDatabase,
  userId: string,
  columns: Readonly<Record<string, string | number | null>>,
): Promise<void> {
  const assignments = Object.keys(columns).map((name) => `${name} = ?`);
  await database.query(`UPDATE users SET ${assignments.join(', ')} WHERE id = ?`, [
    ...Object.values(columns),
    idBytes(userId),
  ]);
}

/** The new roles and, as every change of roles does, a new token version. */
export async function changeRoles(database: TestDatabase, userId: string, roles: string): Promise<void> {
  const { token_version: version } = await userRow(database, userId);
  await changeUser(database, userId, { roles, token_version: Number(version) + 1 });
}

/** What the security log says of a user, oldest first. */
export async function auditOfUser(database: TestDatabase, userId: string, type?: string): Promise<Row[]> {
  const rows = await database.query('SELECT * FROM audit_events WHERE user_id = ? ORDER BY at, id', [
    idBytes(userId),
  ]);
  return type === undefined ? rows : rows.filter((row) => row['type'] === type);
}
