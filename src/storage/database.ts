import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Pool } from 'mysql2';
import { type DataSource, MigrationExecutor } from 'typeorm';
import type { DatabaseSettings } from '../settings/settings.ts';
import { begin, commit, rollBack } from './begin-commit.ts';
import { type Bounds, boundPool } from './bounded-pool.ts';
import { createDataSource, STATE_POOL_SIZE } from './data-source.ts';
import { type Dialect, NOW } from './dialect.ts';
import { confirmed } from './failures.ts';
import { mysqlDriver } from './mysql-driver.ts';
import { openToLook } from './open-to-look.ts';
import { type PoolUse, poolUse } from './pool-use.ts';
import { defineRows, type Rows } from './rows.ts';

/** Seconds that an instance waits for another one's migration. */
const START_LOCK_TIMEOUT = 120;

/**
 * What requests do in the pool. A lock may be waited for in silence for 5 s (`innodb_lock_wait_timeout`), and an admin's
 * search may read for seconds.
 */
const REQUEST_BOUNDS: Bounds = { wait: 5_000, silence: 8_000 };

/** Of the state query, which waits for no lock and reads by key alone. */
const STATE_BOUNDS: Bounds = { wait: 1_000, silence: 3_000 };

/**
 * An open database. SQLite has two connections: TypeORM shares one among all callers, so that reads beside a write
 * transaction would see what is not committed yet; MySQL has one pool for both.
 */
export class Database {
  readonly dialect: Dialect;
  readonly rows: Rows;

  private constructor(
    readonly writer: DataSource,
    readonly reader: DataSource,
    private readonly name: string,
    /**
     * MySQL: the connections of the state query alone, so that no request must wait for its caller to be confirmed
     * because others hold the pool.
     */
    readonly states?: Pool,
  ) {
    this.dialect = writer.options.type === 'mysql' ? 'mysql' : 'sqlite';
    this.rows = defineRows(this.dialect);
  }

  /** @throws Refusal UNAVAILABLE when the database cannot be reached */
  static async open(settings: DatabaseSettings): Promise<Database> {
    return confirmed(async () => {
      if (settings.kind === 'sqlite') return Database.#openSqlite(settings);
      const pool = await createDataSource(settings).initialize();
      return new Database(pool, pool, settings.name, createStatePool(settings));
    });
  }

  /**
   * Opens it for the reading methods alone; creates and changes nothing.
   *
   * @throws Error of the driver, as it is: its code tells why
   */
  static async openToLook(settings: DatabaseSettings): Promise<Database> {
    const source = await openToLook(settings);
    return new Database(source, source, settings.kind === 'mysql' ? settings.name : settings.path);
  }

  static async #openSqlite(settings: Extract<DatabaseSettings, { kind: 'sqlite' }>): Promise<Database> {
    createPrivateFile(settings.path);
    const writer = await createDataSource(settings).initialize();
    // `begin` waits for the lock without stopping the process; the driver's own wait would.
    await writer.query('PRAGMA busy_timeout = 0');
    const reader = await createDataSource(settings).initialize();
    return new Database(writer, reader, settings.path);
  }

  /** @returns names of the migrations that ran */
  async migrate(): Promise<string[]> {
    const run = async () => {
      const migrations = await this.writer.runMigrations({ transaction: 'none' });
      return migrations.map(({ name }) => name);
    };
    return this.dialect === 'sqlite' ? this.#inSqliteTransaction(run) : run();
  }

  /** Only reads, unlike TypeORM's `showMigrations`, and gives its connection back after a failure too. */
  async pendingMigrations(): Promise<boolean> {
    const pending = await confirmed(() => new MigrationExecutor(this.reader).getPendingMigrations());
    return pending.length > 0;
  }

  /**
   * Lets one instance at a time do what a first start does. On SQLite each step is one transaction that holds the write
   * lock from its begin, so nothing is needed there.
   */
  async atStart<T>(work: () => Promise<T>): Promise<T> {
    if (this.dialect === 'sqlite') return work();
    const runner = this.writer.createQueryRunner();
    const lock = `portcullis:${createHash('sha256').update(this.name).digest('hex').slice(0, 32)}`;
    try {
      const [row] = await runner.query('SELECT GET_LOCK(?, ?) AS taken', [lock, START_LOCK_TIMEOUT]);
      if (Number(row?.taken) !== 1)
        throw new Error('Another instance has been migrating the database for too long.');
      return await work();
    } finally {
      await runner.query('SELECT RELEASE_LOCK(?)', [lock]).catch(() => undefined);
      await runner.release();
    }
  }

  /** How the connections are used; undefined: SQLite, which has no pool. */
  get pool(): PoolUse | undefined {
    return this.dialect === 'mysql' ? poolUse(this.reader) : undefined;
  }

  /**
   * Bounds what a request waits for a database that hangs. To be called when the start is over: a migration, and its lock,
   * may take long, and so may a command of the operator. SQLite answers within the call, so that a disk that hangs stops
   * the whole process, whatever is bounded here.
   */
  boundRequests(): void {
    if (this.dialect === 'mysql')
      boundPool((this.writer.driver as unknown as { pool: Pool }).pool, REQUEST_BOUNDS);
  }

  /** The database's time in milliseconds. */
  async now(): Promise<number> {
    return confirmed(async () => {
      const [row] = await this.reader.query<{ db_now: number }[]>(`SELECT ${NOW[this.dialect]} AS db_now`);
      return Number(row?.db_now);
    });
  }

  async close(): Promise<void> {
    if (this.reader !== this.writer) await this.reader.destroy();
    await this.states?.promise().end();
    await this.writer.destroy();
  }

  async #inSqliteTransaction<T>(work: () => Promise<T>): Promise<T> {
    const runner = this.writer.createQueryRunner();
    await begin(runner);
    try {
      const result = await work();
      await commit(runner);
      return result;
    } catch (error) {
      await rollBack(runner);
      throw error;
    }
  }
}

/** Readable to its owner alone; SQLite gives its journal files the mode of the database. */
function createPrivateFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
}

function createStatePool({ kind: _, name, ...server }: Extract<DatabaseSettings, { kind: 'mysql' }>): Pool {
  const limits = { connectionLimit: STATE_POOL_SIZE, connectTimeout: STATE_BOUNDS.silence };
  const pool = mysqlDriver.createPool({ ...server, database: name, ...limits });
  boundPool(pool, STATE_BOUNDS);
  return pool;
}
