import type { EntityMetadata } from 'typeorm';
import { openTestCore, type TestCore } from '../support/core.ts';
import { createSqlite, onEachDatabase, type TestDatabase } from '../support/databases.ts';
import { MIGRATIONS } from '../support/migrations.ts';

const TABLES = [
  'activity_hours',
  'audit_events',
  'clients',
  'feed_counter',
  'login_buckets',
  'migrations',
  'revocation_feed',
  'sessions',
  'signing_key_epoch',
  'signing_keys',
  'users',
];

/** One-row tables that nothing maps: they are counted up by statements of their own. */
const UNMAPPED = ['migrations', 'feed_counter', 'signing_key_epoch'];

/** A column as both sides describe it: the migrated table, and the row that the store maps onto it. */
interface Column {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly primary: boolean;
}

const byName = (a: Column, b: Column) => a.name.localeCompare(b.name);

function mapped(metadata: EntityMetadata): Column[] {
  const columns = metadata.columns.map((column) => ({
    name: column.databaseName,
    type: `${column.type}${column.length ? `(${column.length})` : ''}${column.unsigned ? ' unsigned' : ''}`,
    nullable: column.isNullable,
    primary: column.isPrimary,
  }));
  return columns.sort(byName);
}

async function migrated(database: TestDatabase, table: string): Promise<Column[]> {
  const columns = await (database.kind === 'sqlite' ? sqlite(database, table) : mysql(database, table));
  return columns.sort(byName);
}

async function sqlite(database: TestDatabase, table: string): Promise<Column[]> {
  const rows = await database.query(`PRAGMA table_info(${table})`);
  return rows.map((row) => ({
    name: String(row['name']),
    type: String(row['type']).toLowerCase(),
    nullable: row['notnull'] === 0,
    primary: row['pk'] !== 0,
  }));
}

async function mysql(database: TestDatabase, table: string): Promise<Column[]> {
  const rows = await database.query(
    `SELECT column_name AS name, data_type AS type, character_maximum_length AS length, is_nullable AS nullable,
       column_type AS full, column_key AS part FROM information_schema.columns
       WHERE table_schema = DATABASE() AND table_name = ?`,
    [table],
  );
  return rows.map((row) => {
    const length = row['length'] === null || row['type'] === 'text' ? '' : `(${row['length']})`;
    const unsigned = String(row['full']).includes('unsigned') ? ' unsigned' : '';
    return {
      name: String(row['name']),
      type: `${row['type']}${length}${unsigned}`,
      nullable: row['nullable'] === 'YES',
      primary: row['part'] === 'PRI',
    };
  });
}

async function tables(database: TestDatabase): Promise<string[]> {
  const sql =
    database.kind === 'sqlite'
      ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
      : 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()';
  return (await database.query(sql)).map((row) => String(row['name'])).sort();
}

async function indexedColumns(database: TestDatabase, index: string): Promise<string[]> {
  const sql =
    database.kind === 'sqlite'
      ? 'SELECT name FROM pragma_index_info(?) ORDER BY seqno'
      : 'SELECT column_name AS name FROM information_schema.statistics WHERE table_schema = DATABASE() AND index_name = ? ORDER BY seq_in_index';
  return (await database.query(sql, [index])).map((row) => String(row['name']));
}

onEachDatabase('the migrations', (database) => {
  let core: TestCore;
  beforeAll(async () => {
    core = await openTestCore(database());
  });
  afterAll(() => core.close());

  it('are pending on an empty database', async () => {
    expect(await tables(database())).toEqual([]);
    expect(await core.database.pendingMigrations()).toBe(true);
  });

  it('make the tables, once', async () => {
    expect(await core.database.migrate()).toEqual(MIGRATIONS);
    expect(await tables(database())).toEqual(TABLES);
    expect(await core.database.pendingMigrations()).toBe(false);
    expect(await core.database.migrate()).toEqual([]);
  });

  it('agree with the rows that the store maps: no column more, none less, none otherwise', async () => {
    const { entityMetadatas } = core.database.writer;
    expect(entityMetadatas.map(({ tableName }) => tableName).sort()).toEqual(
      TABLES.filter((table) => !UNMAPPED.includes(table)),
    );
    for (const metadata of entityMetadatas)
      expect(await migrated(database(), metadata.tableName)).toEqual(mapped(metadata));
  });

  it('make the index by which the sessions of a user are found', async () => {
    expect(await indexedColumns(database(), 'sessions_of_user')).toEqual([
      'user_id',
      'ended_at',
      'last_seen_at',
    ]);
  });

  it('run to their end when an earlier run was cut off in the middle', async () => {
    for (const table of ['migrations', 'signing_keys', 'audit_events', 'login_buckets'])
      await database().query(`DROP TABLE ${table}`);
    expect(await core.database.migrate()).toEqual(MIGRATIONS);
    expect(await tables(database())).toEqual(TABLES);
  });

  it('can be undone and done again', async () => {
    for (const _ of MIGRATIONS) await core.database.writer.undoLastMigration({ transaction: 'none' });
    expect(await tables(database())).toEqual(['migrations']);
    expect(await core.database.pendingMigrations()).toBe(true);
    expect(await core.database.migrate()).toEqual(MIGRATIONS);
    expect(await tables(database())).toEqual(TABLES);
  });
});

describe('a migration that fails on SQLite', () => {
  it('leaves nothing behind', async () => {
    const database = await createSqlite();
    // A table under the name of an index: the migration fails after it has made two tables.
    await database.query('CREATE TABLE sessions_of_user (id INTEGER)');
    const core = await openTestCore(database);
    // TypeORM prints it as well.
    jest.spyOn(console, 'log').mockImplementationOnce(() => undefined);
    await expect(core.database.migrate()).rejects.toThrow('there is already a table named sessions_of_user');
    expect(await tables(database)).toEqual(['sessions_of_user']);
    await core.close();
    await database.drop();
  });
});
