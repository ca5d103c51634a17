import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the lists of administration and the purge are read by: each index ends in the order of its list, so that a page
 * costs the same whatever stands in the table. MariaDB and SQLite have IF NOT EXISTS for them, MySQL has not.
 */
const INDEXES: readonly (readonly [name: string, table: string, columns: string])[] = [
  ['users_roles', 'users', 'roles, status'],
  ['sessions_by_user', 'sessions', 'user_id, created_at, id'],
  ['sessions_by_address', 'sessions', 'ip_address, created_at, id'],
  ['sessions_open', 'sessions', 'ended_at, created_at, id'],
  ['sessions_by_age', 'sessions', 'created_at, id'],
  ['sessions_by_deadline', 'sessions', 'expires_at'],
  ['audit_by_time', 'audit_events', 'at, id'],
  ['audit_by_user', 'audit_events', 'user_id, at, id'],
  ['audit_by_session', 'audit_events', 'session_id, at, id'],
  ['audit_by_type', 'audit_events', 'type, at, id'],
];

export class Administration1763856000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const mysql = runner.dataSource.options.type === 'mysql';
    if (!(await runner.hasColumn('sessions', 'ended_by'))) {
      await runner.query(`ALTER TABLE sessions ADD COLUMN ended_by ${mysql ? 'BINARY(16)' : 'BLOB'} NULL`);
    }
    for (const [name, table, columns] of INDEXES) {
      if (!(await hasIndex(runner, table, name)))
        await runner.query(`CREATE INDEX ${name} ON ${table} (${columns})`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    const mysql = runner.dataSource.options.type === 'mysql';
    for (const [name, table] of INDEXES) {
      await runner.query(mysql ? `DROP INDEX ${name} ON ${table}` : `DROP INDEX IF EXISTS ${name}`);
    }
    await runner.query('ALTER TABLE sessions DROP COLUMN ended_by');
  }
}

async function hasIndex(runner: QueryRunner, table: string, name: string): Promise<boolean> {
  const mysql = runner.dataSource.options.type === 'mysql';
  const rows: unknown = await runner.query(
    mysql
      ? 'SELECT 1 FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = ? AND index_name = ?'
      : "SELECT 1 FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND name = ?",
    [table, name],
  );
  return Array.isArray(rows) && rows.length > 0;
}
