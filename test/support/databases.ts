import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Sqlite from 'better-sqlite3';
import { createPool, type Pool } from 'mysql2/promise';
import { sqliteDriver } from '../../src/storage/sqlite-driver.ts';

type Value = string | number | Buffer | null;
type Row = Record<string, unknown>;

/** A database of one test file, seen from outside the server: empty, and gone after the tests. */
export interface TestDatabase {
  readonly kind: 'sqlite' | 'mysql';
  /** For DATABASE_URL. */
  readonly url: string;
  /** Statements with `?`; the same SQL on both databases. Ids are bytes: see `idBytes`. */
  query(sql: string, values?: readonly Value[]): Promise<Row[]>;
  /** Makes a session older by so many milliseconds: every time in its row moves back. */
  age(sessionId: string, ms: number): Promise<void>;
  drop(): Promise<void>;
}

export function idBytes(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

const SESSION_TIMES = [
  'created_at',
  'last_seen_at',
  'authenticated_at',
  'idle_expires_at',
  'expires_at',
  'rotated_at',
  'ended_at',
];

const AGE = `UPDATE sessions SET ${SESSION_TIMES.map((name) => `${name} = ${name} - ?`).join(', ')} WHERE id = ?`;

function ageValues(sessionId: string, ms: number): Value[] {
  return [...SESSION_TIMES.map(() => ms), idBytes(sessionId)];
}

export async function createSqlite(): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-'));
  const path = join(folder, 'test.sqlite');
  let connection: Sqlite.Database | undefined;
  const query = async (sql: string, values: readonly Value[] = []) => {
    connection ??= new (sqliteDriver())(path, { timeout: 5_000 });
    const statement = connection.prepare<Value[], Row>(sql);
    if (statement.reader) return statement.all(...values);
    statement.run(...values);
    return [];
  };
  return {
    kind: 'sqlite',
    url: `sqlite:${path}`,
    query,
    age: async (sessionId, ms) => void (await query(AGE, ageValues(sessionId, ms))),
    async drop() {
      connection?.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function createMysql(server: string): Promise<TestDatabase> {
  const name = `portcullis_test_${randomBytes(6).toString('hex')}`;
  const url = new URL(server);
  const pool: Pool = createPool({ uri: server, connectionLimit: 4, multipleStatements: false });
  await pool.query(`CREATE DATABASE ${name}`);
  url.pathname = `/${name}`;
  const inside: Pool = createPool({ uri: url.href, connectionLimit: 4, supportBigNumbers: true });
  const query = async (sql: string, values: readonly Value[] = []) => {
    const [rows] = await inside.query(sql, [...values]);
    return Array.isArray(rows) ? (rows as Row[]) : [];
  };
  return {
    kind: 'mysql',
    url: url.href,
    query,
    age: async (sessionId, ms) => void (await query(AGE, ageValues(sessionId, ms))),
    async drop() {
      await inside.end();
      await pool.query(`DROP DATABASE ${name}`);
      await pool.end();
    },
  };
}

const MYSQL = process.env['PORTCULLIS_TEST_MYSQL'] ?? '';

/** Runs a suite on SQLite and, where there is one, on MySQL or MariaDB; the database is made before it and dropped after. */
export function onEachDatabase(title: string, suite: (database: () => TestDatabase) => void): void {
  onDatabase(`${title} [SQLite]`, createSqlite, suite);
  onMysql(title, suite);
}

/** For what needs a database server, such as several instances. */
export function onMysql(title: string, suite: (database: () => TestDatabase) => void): void {
  if (MYSQL === '') describe.skip(`${title} [MySQL]`, () => void it('needs a MySQL server', () => undefined));
  else onDatabase(`${title} [MySQL]`, () => createMysql(MYSQL), suite);
}

/** Runs a suite on a database that is made before it and dropped after. */
export function onDatabase(
  title: string,
  create: () => Promise<TestDatabase>,
  suite: (database: () => TestDatabase) => void,
): void {
  describe(title, () => {
    let database: TestDatabase | undefined;
    beforeAll(async () => {
      database = await create();
    });
    afterAll(async () => database?.drop());
    suite(() => {
      if (database === undefined) throw new Error('The database exists only while the tests run.');
      return database;
    });
  });
}
