import type { Database } from './database.ts';

/** How a MySQL or MariaDB server runs, as far as it touches on what Portcullis promises. */
export interface MysqlFacts {
  /** As it says itself, e.g. `8.4.3` or `10.11.6-MariaDB`. */
  readonly version: string;
  /** Global variables by name; one that this server does not have is missing. */
  readonly variables: ReadonlyMap<string, string>;
  /** Privileges that reach beyond the one database, e.g. `SUPER`; without the names and hashes of GRANT. */
  readonly privileges: readonly string[];
  /** Whether the connection is encrypted. */
  readonly encrypted: boolean;
  /** `table` with another engine than InnoDB, `table.column` that does not compare bytes. */
  readonly foreign: readonly string[];
}

const VARIABLES = [
  'innodb_doublewrite',
  'innodb_flush_log_at_trx_commit',
  'log_bin',
  'max_connections',
  'sync_binlog',
];

export async function readMysqlFacts(database: Database): Promise<MysqlFacts> {
  const { reader } = database;
  const [server] = await reader.query<{ version: string }[]>('SELECT VERSION() AS version');
  const [cipher] = await reader.query<{ Value: string }[]>("SHOW SESSION STATUS LIKE 'Ssl_cipher'");
  return {
    version: server?.version ?? '',
    variables: await readVariables(database),
    privileges: (await reader.query<object[]>('SHOW GRANTS')).flatMap(farPrivileges),
    encrypted: (cipher?.Value ?? '') !== '',
    foreign: await readForeign(database),
  };
}

async function readVariables({ reader }: Database): Promise<ReadonlyMap<string, string>> {
  const names = VARIABLES.map((name) => `'${name}'`).join();
  const rows = await reader.query<{ Variable_name: string; Value: string }[]>(
    `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${names})`,
  );
  return new Map(rows.map(({ Variable_name, Value }) => [Variable_name.toLowerCase(), Value]));
}

/** A row of SHOW GRANTS has one column, named after the user. */
function farPrivileges(row: object): string[] {
  const grant = String(Object.values(row)[0]);
  const [, privileges = ''] = /^GRANT (.+?) ON \*\.\* TO /.exec(grant) ?? [];
  const named = privileges.split(/,\s*/).filter((name) => name !== '' && name !== 'USAGE');
  return / WITH .*\bGRANT OPTION\b/.test(grant) ? [...named, 'GRANT OPTION'] : named;
}

async function readForeign({ reader }: Database): Promise<string[]> {
  const tables = reader.entityMetadatas.map(({ tableName }) => `'${tableName}'`).join();
  const rows = await reader.query<{ name: string }[]>(
    `SELECT table_name AS name FROM information_schema.tables
      WHERE table_schema = DATABASE() AND table_name IN (${tables}) AND engine <> 'InnoDB'
     UNION ALL
     SELECT CONCAT(table_name, '.', column_name) FROM information_schema.columns
      WHERE table_schema = DATABASE() AND table_name IN (${tables}) AND collation_name <> 'utf8mb4_bin'`,
  );
  return rows.map(({ name }) => name);
}
