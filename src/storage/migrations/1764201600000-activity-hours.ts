import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Counts for a chart, by hour and kind: the key is the order in which they are read and purged. */
const MYSQL = `CREATE TABLE IF NOT EXISTS activity_hours (
    hour BIGINT NOT NULL,
    kind VARCHAR(16) NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (hour, kind)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`;

const SQLITE = `CREATE TABLE IF NOT EXISTS activity_hours (
    hour INTEGER NOT NULL,
    kind TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (hour, kind)
  ) STRICT, WITHOUT ROWID`;

export class ActivityHours1764201600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(runner.dataSource.options.type === 'mysql' ? MYSQL : SQLITE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS activity_hours');
  }
}
