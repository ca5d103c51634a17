import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import type { TestDatabase } from './databases.ts';

/** Everything that a query can read: each value of each table as bytes and in hexadecimal. */
export async function valuesOf(database: TestDatabase): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (const table of await tablesOf(database)) {
    for (const row of await database.query(`SELECT * FROM ${table}`)) {
      for (const value of Object.values(row)) {
        const bytes = Buffer.isBuffer(value) ? value : Buffer.from(String(value));
        parts.push(bytes, Buffer.from('|'), Buffer.from(bytes.toString('hex')), Buffer.from('|'));
      }
    }
  }
  return Buffer.concat(parts);
}

export async function tablesOf(database: TestDatabase): Promise<string[]> {
  const rows = await database.query(
    database.kind === 'sqlite'
      ? "SELECT name FROM sqlite_master WHERE type = 'table'"
      : 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
  );
  return rows.map(({ name }) => String(name));
}

/**
 * What lies on the disk, with what was deleted and what is in a journal only: of SQLite the file and its journal, of
 * MySQL the tables of this database and the server's own files, such as the redo log, when they are within our reach.
 */
export async function filesOf(database: TestDatabase): Promise<Buffer[]> {
  const paths = database.kind === 'sqlite' ? sqlitePaths(database) : await mysqlPaths(database);
  return paths.map((path) => readFileSync(path));
}

function sqlitePaths({ url }: TestDatabase): string[] {
  const path = url.slice('sqlite:'.length);
  return ['', '-wal', '-shm'].map((suffix) => path + suffix).filter(existsSync);
}

async function mysqlPaths(database: TestDatabase): Promise<string[]> {
  const [row] = await database.query('SELECT @@datadir AS folder, DATABASE() AS name');
  const folder = String(row?.['folder']);
  if (!isReadable(folder)) return [];
  await writeOut(database);
  return [folder, join(folder, String(row?.['name']))].flatMap((each) =>
    readdirSync(each, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => join(each, name)),
  );
}

function isReadable(folder: string): boolean {
  try {
    accessSync(folder, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** What is only in the memory of the server goes into the files of the tables. */
async function writeOut(database: TestDatabase): Promise<void> {
  const connection = await createConnection(database.url);
  await connection.query(`FLUSH TABLES ${(await tablesOf(database)).join(', ')} FOR EXPORT`);
  await connection.query('UNLOCK TABLES');
  await connection.end();
}
