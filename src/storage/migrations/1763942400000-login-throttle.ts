import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The counters of failed logins, by account for its unlocking and by age for the purge. */
const MYSQL = [
  `CREATE TABLE IF NOT EXISTS login_buckets (
    id BINARY(16) NOT NULL PRIMARY KEY,
    account_id BINARY(16) NULL,
    failures INT UNSIGNED NOT NULL,
    in_flight INT UNSIGNED NOT NULL,
    in_flight_until BIGINT NOT NULL,
    window_ends_at BIGINT NOT NULL,
    last_failed_at BIGINT NOT NULL,
    known_until BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    KEY login_buckets_of_account (account_id),
    KEY login_buckets_by_age (expires_at)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`,
];

const SQLITE = [
  `CREATE TABLE IF NOT EXISTS login_buckets (
    id BLOB NOT NULL PRIMARY KEY,
    account_id BLOB NULL,
    failures INTEGER NOT NULL,
    in_flight INTEGER NOT NULL,
    in_flight_until INTEGER NOT NULL,
    window_ends_at INTEGER NOT NULL,
    last_failed_at INTEGER NOT NULL,
    known_until INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID`,
  'CREATE INDEX IF NOT EXISTS login_buckets_of_account ON login_buckets (account_id)',
  'CREATE INDEX IF NOT EXISTS login_buckets_by_age ON login_buckets (expires_at)',
];

export class LoginThrottle1763942400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const statements = runner.dataSource.options.type === 'mysql' ? MYSQL : SQLITE;
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS login_buckets');
  }
}
