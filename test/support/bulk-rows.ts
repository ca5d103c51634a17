import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { idBytes, type TestDatabase } from './databases.ts';

type Value = string | number | Buffer | null;
type Columns = Readonly<Record<string, Value>>;

/** Rows a statement: SQLite takes 32,766 values. */
const CHUNK = 500;

/** Inserts many rows at once, behind the server's back. All rows have the columns of the first one. */
async function insertRows(database: TestDatabase, table: string, rows: readonly Columns[]): Promise<void> {
  const names = Object.keys(rows[0] ?? {});
  const places = `(${names.map(() => '?').join(', ')})`;
  for (let from = 0; from < rows.length; from += CHUNK) {
    const chunk = rows.slice(from, from + CHUNK);
    const sql = `INSERT INTO ${table} (${names.join(', ')}) VALUES ${chunk.map(() => places).join(', ')}`;
    await database.query(
      sql,
      chunk.flatMap((row) => names.map((name) => row[name] ?? null)),
    );
  }
}

/** @returns their ids */
export async function insertUsers(
  database: TestDatabase,
  count: number,
  columns: (index: number) => Columns = () => ({}),
): Promise<string[]> {
  const ids = Array.from({ length: count }, () => uuidv7());
  const rows = ids.map((id, index) => ({
    id: idBytes(id),
    email: `${id}@bulk.example.com`,
    display_name: null,
    password_hash: 'no hash of anything',
    roles: 'USER',
    status: 'ACTIVE',
    token_version: 1,
    created_at: Date.now(),
    ...columns(index),
  }));
  await insertRows(database, 'users', rows);
  return ids;
}

/** @returns their ids */
export async function insertSessions(
  database: TestDatabase,
  userIds: readonly string[],
  columns: (index: number) => Columns = () => ({}),
): Promise<string[]> {
  const ids = userIds.map(() => uuidv7());
  const now = Date.now();
  const rows = userIds.map((userId, index) => ({
    id: idBytes(ids[index] ?? ''),
    user_id: idBytes(userId),
    transport: 'BODY',
    remember_me: 1,
    secret: randomBytes(32),
    generation: 0,
    branch: 0,
    next_branch: null,
    rotated_at: null,
    successor_seen: 0,
    created_at: now - 1_000,
    last_seen_at: now - 1_000,
    authenticated_at: now - 1_000,
    idle_expires_at: now + 86_400_000,
    expires_at: now + 7 * 86_400_000,
    ended_at: null,
    end_reason: null,
    ended_by: null,
    ip_address: '192.0.2.1',
    user_agent: 'Bulk/1.0',
    device_name: null,
    ...columns(index),
  }));
  await insertRows(database, 'sessions', rows);
  return ids;
}

export async function insertEvents(
  database: TestDatabase,
  count: number,
  columns: (index: number) => Columns = () => ({}),
): Promise<string[]> {
  const ids = Array.from({ length: count }, () => uuidv7());
  const rows = ids.map((id, index) => ({
    id: idBytes(id),
    at: Date.now(),
    type: 'LOGIN_FAILED',
    actor_id: null,
    user_id: null,
    session_id: null,
    ip_address: '192.0.2.1',
    user_agent: 'Bulk/1.0',
    detail: null,
    ...columns(index),
  }));
  await insertRows(database, 'audit_events', rows);
  return ids;
}
