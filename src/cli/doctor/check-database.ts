import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import type { Reading } from '../../settings/load.ts';
import { resolveAddresses } from '../../settings/resolve.ts';
import { Database } from '../../storage/database.ts';
import { measureOffset } from '../../storage/database-clock.ts';
import { readKeySet } from '../../storage/key-store.ts';
import { readMysqlFacts } from '../../storage/mysql-facts.ts';
import { readSchemaState } from '../../storage/schema-state.ts';
import { readAccountFacts, readJournalMode } from '../../storage/stored-facts.ts';
import { checkAccounts } from './check-accounts.ts';
import { checkClock } from './check-clock.ts';
import { checkFileModes, checkFileSystem } from './check-files.ts';
import { checkMysql } from './check-mysql.ts';
import { checkClientAddresses } from './check-proxy.ts';
import { checkSchema, isReadable } from './check-schema.ts';
import { checkKeys, type FoundSecrets, findSecrets } from './check-secret.ts';
import { cannotBeUsed } from './database-trouble.ts';
import { type Finding, ok, warning } from './finding.ts';
import { firstStart } from './first-start.ts';

type Values = Reading['values'];
type Mysql = Extract<Values['DATABASE_URL'], { kind: 'mysql' }>;

/** What secret and database can tell; of a database that cannot be used, why. Changes nothing in it. */
export async function checkDatabase(reading: Reading): Promise<Finding[]> {
  const { DATABASE_URL: settings } = reading.values;
  if (settings === undefined) return [];
  const { secrets, findings } = findSecrets(reading.values);
  if (settings.kind === 'sqlite' && !existsSync(settings.path))
    return [...findings, ...firstStart(settings.path, reading.values)];
  const files = settings.kind === 'sqlite' ? await checkFiles(settings.path) : [];
  return [...findings, ...files, ...(await look(settings, secrets, reading))];
}

async function checkFiles(path: string): Promise<Finding[]> {
  return [...checkFileModes(path), ...checkFileSystem(await statfs(path, { bigint: true }))];
}

async function look(
  settings: NonNullable<Values['DATABASE_URL']>,
  secrets: FoundSecrets['secrets'],
  reading: Reading,
): Promise<readonly Finding[]> {
  try {
    const database = await Database.openToLook(settings);
    try {
      const kind = settings.kind === 'mysql' ? ofMysql(database, settings) : ofSqlite(database);
      return [...(await kind), ...(await ofContents(database, secrets, reading))];
    } finally {
      await database.close();
    }
  } catch (error) {
    return [cannotBeUsed(error, settings)];
  }
}

async function ofMysql(database: Database, { host }: Mysql): Promise<Finding[]> {
  return [...checkMysql(await readMysqlFacts(database), host), checkClock(await measureOffset(database))];
}

async function ofSqlite(database: Database): Promise<Finding[]> {
  const mode = await readJournalMode(database);
  if (mode === 'wal')
    return [ok('durability', 'the journal is WAL; the server commits with synchronous=FULL.')];
  const what = `journal_mode is ${mode}: readers and the writer would stop one another.`;
  return [warning('durability', what, 'Start the server, which sets it to WAL.')];
}

async function ofContents(
  database: Database,
  secrets: FoundSecrets['secrets'],
  { values, settings }: Reading,
): Promise<Finding[]> {
  const state = await readSchemaState(database);
  if (!isReadable(state)) return [checkSchema(state)];
  const path = values.DATABASE_URL?.kind === 'sqlite' ? values.DATABASE_URL.path : undefined;
  const accounts = await readAccountFacts(database);
  const issuer = settings && resolveAddresses(settings, settings.port).issuer;
  return [
    checkSchema(state),
    ...(await checkKeys(await readKeySet(database), await database.now(), secrets, path)),
    ...checkAccounts(accounts, values),
    ...(issuer === undefined ? [] : checkClientAddresses(accounts.newestAddresses, issuer)),
  ];
}
