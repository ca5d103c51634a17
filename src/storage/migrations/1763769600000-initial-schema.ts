import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * IF NOT EXISTS: MySQL commits every DDL statement by itself, and a migration that was cut off must be able to run
 * again. `utf8mb4_bin` compares bytes, as SQLite does: `ádmin` is not `admin` on either (ASVS V1.5.3).
 */
const MYSQL = [
  `CREATE TABLE IF NOT EXISTS users (
    id BINARY(16) NOT NULL PRIMARY KEY,
    email VARCHAR(254) NULL,
    display_name VARCHAR(100) NULL,
    password_hash VARCHAR(255) NOT NULL,
    roles VARCHAR(64) NOT NULL,
    status VARCHAR(16) NOT NULL,
    token_version INT UNSIGNED NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE KEY users_email (email)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`,
  `CREATE TABLE IF NOT EXISTS sessions (
    id BINARY(16) NOT NULL PRIMARY KEY,
    user_id BINARY(16) NOT NULL,
    transport VARCHAR(8) NOT NULL,
    remember_me TINYINT NOT NULL,
    secret BINARY(32) NOT NULL,
    generation INT UNSIGNED NOT NULL,
    branch INT UNSIGNED NOT NULL,
    next_branch INT UNSIGNED NULL,
    rotated_at BIGINT NULL,
    successor_seen TINYINT NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    authenticated_at BIGINT NOT NULL,
    idle_expires_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT NULL,
    end_reason VARCHAR(24) NULL,
    ip_address VARCHAR(45) NULL,
    user_agent VARCHAR(512) NULL,
    device_name VARCHAR(100) NULL,
    KEY sessions_of_user (user_id, ended_at, last_seen_at),
    CONSTRAINT sessions_user FOREIGN KEY (user_id) REFERENCES users (id)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`,
  `CREATE TABLE IF NOT EXISTS audit_events (
    id BINARY(16) NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    type VARCHAR(32) NOT NULL,
    actor_id BINARY(16) NULL,
    user_id BINARY(16) NULL,
    session_id BINARY(16) NULL,
    ip_address VARCHAR(45) NULL,
    user_agent VARCHAR(512) NULL,
    detail VARCHAR(1000) NULL
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`,
  `CREATE TABLE IF NOT EXISTS signing_keys (
    id VARCHAR(43) NOT NULL PRIMARY KEY,
    public_jwk TEXT NOT NULL,
    encrypted_private_jwk TEXT NOT NULL,
    state VARCHAR(16) NOT NULL,
    created_at BIGINT NOT NULL
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`,
];

const SQLITE = [
  `CREATE TABLE IF NOT EXISTS users (
    id BLOB NOT NULL PRIMARY KEY,
    email TEXT NULL UNIQUE,
    display_name TEXT NULL,
    password_hash TEXT NOT NULL,
    roles TEXT NOT NULL,
    status TEXT NOT NULL,
    token_version INTEGER NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS sessions (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    transport TEXT NOT NULL,
    remember_me INTEGER NOT NULL,
    secret BLOB NOT NULL,
    generation INTEGER NOT NULL,
    branch INTEGER NOT NULL,
    next_branch INTEGER NULL,
    rotated_at INTEGER NULL,
    successor_seen INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    authenticated_at INTEGER NOT NULL,
    idle_expires_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at INTEGER NULL,
    end_reason TEXT NULL,
    ip_address TEXT NULL,
    user_agent TEXT NULL,
    device_name TEXT NULL
  ) STRICT, WITHOUT ROWID`,
  'CREATE INDEX IF NOT EXISTS sessions_of_user ON sessions (user_id, ended_at, last_seen_at)',
  `CREATE TABLE IF NOT EXISTS audit_events (
    id BLOB NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    type TEXT NOT NULL,
    actor_id BLOB NULL,
    user_id BLOB NULL,
    session_id BLOB NULL,
    ip_address TEXT NULL,
    user_agent TEXT NULL,
    detail TEXT NULL
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS signing_keys (
    id TEXT NOT NULL PRIMARY KEY,
    public_jwk TEXT NOT NULL,
    encrypted_private_jwk TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID`,
];

export class InitialSchema1763769600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const statements = runner.dataSource.options.type === 'mysql' ? MYSQL : SQLITE;
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['signing_keys', 'audit_events', 'sessions', 'users']) {
      await runner.query(`DROP TABLE IF EXISTS ${table}`);
    }
  }
}
