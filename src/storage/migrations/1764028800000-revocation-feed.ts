import type { MigrationInterface, QueryRunner } from 'typeorm';

/** `seq` comes from the counter, not from AUTO_INCREMENT, whose numbers are not in the order of the commits. */
const MYSQL = [
  `CREATE TABLE IF NOT EXISTS revocation_feed (
    seq BIGINT NOT NULL PRIMARY KEY,
    kind VARCHAR(16) NOT NULL,
    subject BINARY(16) NULL,
    version BIGINT NULL,
    reason VARCHAR(24) NULL,
    effective_until BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    KEY revocation_feed_until (effective_until)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`,
  `CREATE TABLE IF NOT EXISTS feed_counter (
    id TINYINT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`,
  'INSERT IGNORE INTO feed_counter (id, seq) VALUES (1, 0)',
];

const SQLITE = [
  `CREATE TABLE IF NOT EXISTS revocation_feed (
    seq INTEGER NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    subject BLOB NULL,
    version INTEGER NULL,
    reason TEXT NULL,
    effective_until INTEGER NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID`,
  'CREATE INDEX IF NOT EXISTS revocation_feed_until ON revocation_feed (effective_until)',
  `CREATE TABLE IF NOT EXISTS feed_counter (
    id INTEGER NOT NULL PRIMARY KEY,
    seq INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID`,
  'INSERT OR IGNORE INTO feed_counter (id, seq) VALUES (1, 0)',
];

export class RevocationFeed1764028800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const statements = runner.dataSource.options.type === 'mysql' ? MYSQL : SQLITE;
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['feed_counter', 'revocation_feed'])
      await runner.query(`DROP TABLE IF EXISTS ${table}`);
  }
}
