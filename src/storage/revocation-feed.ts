import type { Database as SqliteConnection } from 'better-sqlite3';
import type { Pool, RowDataPacket } from 'mysql2/promise';
import type { FeedHistory } from '../revocation/catch-up.ts';
import type { FeedSource } from '../revocation/feed-follower.ts';
import type { FeedPage } from '../revocation/feed-position.ts';
import type { DatabaseSettings } from '../settings/settings.ts';
import type { Database } from './database.ts';
import { NOW } from './dialect.ts';
import { confirmed } from './failures.ts';
import { mysqlDriver, socketOf } from './mysql-driver.ts';
import { type RawRevocationRow, toEntry } from './revocation-rows.ts';

/** Entries a page: at this rate a million is read in about ten seconds, and no page holds up the process. */
const PAGE = 1_000;

/** Milliseconds after which a poll is given up. */
const LONGEST_POLL = 1_000;

/** One row for each entry, and one without where there is none. */
type FeedRow = { head: number | string; db_now: number | string } & (RawRevocationRow | { seq: null });

/** One statement, and so one moment: what the head counts is in the rows, or has been purged. */
function statement(database: Pick<Database, 'dialect'>): string {
  return `SELECT c.seq AS head, ${NOW[database.dialect]} AS db_now,
    f.seq, f.kind, f.subject, f.version, f.reason, f.effective_until, f.created_at
    FROM feed_counter c LEFT JOIN revocation_feed f ON f.seq >= ?
    WHERE c.id = 1 ORDER BY f.seq LIMIT ${PAGE}`;
}

function toPage(rows: readonly FeedRow[]): FeedPage {
  const [first] = rows;
  if (first === undefined) throw new Error('The counter of the revocation feed is gone.');
  const entries = rows.flatMap((row) => (row.seq === null ? [] : toEntry(row)));
  const isFull = entries.length === PAGE;
  return { head: Number(first.head), now: Number(first.db_now), entries, isFull };
}

/** Sequence of the newest entry. */
export async function feedHead(database: Database): Promise<number> {
  const sql = 'SELECT seq FROM feed_counter WHERE id = 1';
  const [counter] = await confirmed(() => database.reader.query<{ seq: number | string }[]>(sql));
  return Number(counter?.seq);
}

/** The feed as a follower reads it. */
export function openFeed(database: Database, settings: DatabaseSettings): FeedSource {
  return settings.kind === 'mysql' ? new MysqlFeed(database, settings) : new SqliteFeed(database);
}

class SqliteFeed implements FeedSource {
  readonly #connection: SqliteConnection;

  constructor(private readonly database: Database) {
    const driver = database.reader.driver as unknown as { databaseConnection: SqliteConnection };
    this.#connection = driver.databaseConnection;
  }

  async read(from: number): Promise<FeedPage> {
    return toPage(this.#connection.prepare<[number], FeedRow>(statement(this.database)).all(from));
  }

  async close(): Promise<void> {}
}

/**
 * On a connection of its own: neither a pool that is exhausted nor a statement that never ends may keep an instance from
 * knowing what was revoked.
 */
class MysqlFeed implements FeedSource {
  readonly #pool: Pool;
  readonly #sql: string;

  constructor(
    database: Database,
    { kind: _, name, ...server }: Extract<DatabaseSettings, { kind: 'mysql' }>,
  ) {
    this.#sql = statement(database);
    this.#pool = mysqlDriver
      .createPool({ ...server, database: name, connectionLimit: 1, connectTimeout: LONGEST_POLL })
      .promise();
  }

  async read(from: number): Promise<FeedPage> {
    const connection = await this.#pool.getConnection();
    // The driver's own time limit leaves the connection as it is, and its end waits for the other side.
    const late = setTimeout(() => socketOf(connection.connection).destroy(), LONGEST_POLL);
    try {
      const [rows] = await connection.execute<(FeedRow & RowDataPacket)[]>(this.#sql, [from]);
      return toPage(rows);
    } finally {
      clearTimeout(late);
      connection.release();
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}

/** The feed for those who have missed a part of it. They must not keep the one who follows it waiting. */
export class StoredFeedHistory implements FeedHistory {
  readonly #sql: string;

  constructor(private readonly database: Database) {
    this.#sql = statement(database);
  }

  async read(from: number): Promise<FeedPage> {
    return confirmed(async () => toPage(await this.database.reader.query<FeedRow[]>(this.#sql, [from])));
  }
}
