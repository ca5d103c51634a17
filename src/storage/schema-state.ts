import { MigrationExecutor } from 'typeorm';
import type { Database } from './database.ts';

/** What has become of the schema; reading it changes nothing. */
export interface SchemaState {
  /** Migrations that ran and that this version knows. */
  readonly executed: readonly string[];
  /** Migrations of this version that did not. */
  readonly pending: readonly string[];
  /** Migrations that ran and that this version does not know: of a newer one. */
  readonly unknown: readonly string[];
  /** Tables that this version uses and that are there. */
  readonly tables: readonly string[];
  /** `table` or `table.column` that this version uses and that is not there. */
  readonly missing: readonly string[];
}

export async function readSchemaState(database: Database): Promise<SchemaState> {
  const known = database.reader.migrations.map((migration) => migration.constructor.name);
  const executed = await new MigrationExecutor(database.reader).getExecutedMigrations();
  const ran = executed.map(({ name }) => name);
  return {
    executed: ran.filter((name) => known.includes(name)),
    pending: known.filter((name) => !ran.includes(name)),
    unknown: ran.filter((name) => !known.includes(name)),
    ...compare(database, await columnsOf(database)),
  };
}

/** Qualified names of all columns of the database. */
async function columnsOf({ reader, dialect }: Database): Promise<ReadonlySet<string>> {
  const rows = await reader.query<{ qualified: string }[]>(
    dialect === 'mysql'
      ? "SELECT CONCAT(table_name, '.', column_name) AS qualified FROM information_schema.columns WHERE table_schema = DATABASE()"
      : "SELECT tables.name || '.' || columns.name AS qualified FROM sqlite_master tables JOIN pragma_table_info(tables.name) columns WHERE tables.type = 'table'",
  );
  return new Set(rows.map(({ qualified }) => qualified));
}

function compare({ reader }: Database, found: ReadonlySet<string>): Pick<SchemaState, 'tables' | 'missing'> {
  const there = new Set([...found].map((name) => name.split('.', 1)[0]));
  const used = reader.entityMetadatas;
  const tables = used.map(({ tableName }) => tableName).filter((name) => there.has(name));
  const missing = used.flatMap(({ tableName, columns }) => {
    if (!there.has(tableName)) return [tableName];
    const names = columns.map(({ databaseName }) => `${tableName}.${databaseName}`);
    return names.filter((name) => !found.has(name));
  });
  return { tables, missing };
}
