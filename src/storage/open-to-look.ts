import { existsSync } from 'node:fs';
import { DataSource, type DataSourceOptions } from 'typeorm';
import type { DatabaseSettings } from '../settings/settings.ts';
import { createDataSource } from './data-source.ts';

/** Seconds to wait for a migration that holds a table. */
const LOCK_TIMEOUT = 5;

/**
 * Opens a database to look at it only: nothing is written, and a SQLite file that is not there is not made.
 *
 * A read-only connection would leave an empty journal beside a SQLite file that has none; the last ordinary one removes
 * it. Where there is a journal, it is the other way round: an ordinary connection would write it into the file.
 */
export async function openToLook(database: DatabaseSettings): Promise<DataSource> {
  const { options } = createDataSource(database);
  if (options.type !== 'better-sqlite3') {
    const source = await new DataSource({ ...options, poolSize: 1 } as DataSourceOptions).initialize();
    await source.query(`SET SESSION lock_wait_timeout = ${LOCK_TIMEOUT}`);
    return source;
  }
  return new DataSource({
    ...options,
    enableWAL: false,
    fileMustExist: true,
    readonly: existsSync(`${options.database}-wal`),
    prepareDatabase: (connection) => connection.pragma('query_only = ON'),
  }).initialize();
}
