import { DataSource } from 'typeorm';
import type { DatabaseSettings } from '../settings/settings.ts';
import { InitialSchema1763769600000 } from './migrations/1763769600000-initial-schema.ts';
import { Administration1763856000000 } from './migrations/1763856000000-administration.ts';
import { LoginThrottle1763942400000 } from './migrations/1763942400000-login-throttle.ts';
import { RevocationFeed1764028800000 } from './migrations/1764028800000-revocation-feed.ts';
import { KeyRotation1764115200000 } from './migrations/1764115200000-key-rotation.ts';
import { ActivityHours1764201600000 } from './migrations/1764201600000-activity-hours.ts';
import { Clients1764288000000 } from './migrations/1764288000000-clients.ts';
import { mysqlDriver } from './mysql-driver.ts';
import { defineRows } from './rows.ts';
import { sqliteDriver } from './sqlite-driver.ts';

const MIGRATIONS = [
  InitialSchema1763769600000,
  Administration1763856000000,
  LoginThrottle1763942400000,
  RevocationFeed1764028800000,
  KeyRotation1764115200000,
  ActivityHours1764201600000,
  Clients1764288000000,
];

/** Milliseconds that opening, reading and TypeORM's own command line wait for SQLite; see `begin` for the writer. */
const SQLITE_BUSY_TIMEOUT = 5_000;

/** Connections of an instance; each one that refreshes or revokes holds one for a transaction of a few milliseconds. */
const POOL_SIZE = 16;

/** For the state query, beside those; one query at a time is the rule. */
export const STATE_POOL_SIZE = 4;

/** Of an instance in all, with the one that follows the feed of revocations. */
export const MOST_CONNECTIONS = POOL_SIZE + STATE_POOL_SIZE + 1;

/** The one place that says how the database is opened: for the server, the command line, and TypeORM's own CLI. */
export function createDataSource(database: DatabaseSettings): DataSource {
  return database.kind === 'sqlite' ? sqliteDataSource(database.path) : mysqlDataSource(database);
}

function sqliteDataSource(path: string): DataSource {
  return new DataSource({
    type: 'better-sqlite3',
    driver: sqliteDriver(),
    database: path,
    timeout: SQLITE_BUSY_TIMEOUT,
    enableWAL: true,
    prepareDatabase: (connection) => {
      // FULL: an acknowledged commit survives a loss of power (WAL's default, NORMAL, does not promise that).
      connection.pragma('synchronous = FULL');
      connection.pragma('foreign_keys = ON');
    },
    entities: Object.values(defineRows('sqlite')),
    migrations: MIGRATIONS,
    migrationsTableName: 'migrations',
    synchronize: false,
    logging: false,
  });
}

function mysqlDataSource(database: Extract<DatabaseSettings, { kind: 'mysql' }>): DataSource {
  return new DataSource({
    type: 'mysql',
    driver: mysqlDriver,
    host: database.host,
    port: database.port,
    username: database.user,
    password: database.password,
    database: database.name,
    charset: 'utf8mb4_bin',
    timezone: 'Z',
    // A start that cannot reach its database says so within 5 s.
    connectTimeout: 3_000,
    poolSize: POOL_SIZE,
    entities: Object.values(defineRows('mysql')),
    migrations: MIGRATIONS,
    migrationsTableName: 'migrations',
    synchronize: false,
    logging: false,
  });
}
