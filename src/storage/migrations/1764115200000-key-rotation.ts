import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * From when on a key signs, when its last token is past, and the one number that changes with the keys. `state` stays for
 * instances of the version before: they know ACTIVE and REVOKED.
 */
export class KeyRotation1764115200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const mysql = runner.dataSource.options.type === 'mysql';
    const time = mysql ? 'BIGINT' : 'INTEGER';
    if (!(await runner.hasColumn('signing_keys', 'active_from')))
      await runner.query(`ALTER TABLE signing_keys ADD COLUMN active_from ${time} NOT NULL DEFAULT 0`);
    if (!(await runner.hasColumn('signing_keys', 'expires_at')))
      await runner.query(`ALTER TABLE signing_keys ADD COLUMN expires_at ${time} NULL`);
    await runner.query('UPDATE signing_keys SET active_from = created_at WHERE active_from = 0');
    await runner.query(
      mysql
        ? `CREATE TABLE IF NOT EXISTS signing_key_epoch (
            id TINYINT NOT NULL PRIMARY KEY,
            epoch BIGINT NOT NULL
          ) ENGINE=InnoDB`
        : `CREATE TABLE IF NOT EXISTS signing_key_epoch (
            id INTEGER NOT NULL PRIMARY KEY,
            epoch INTEGER NOT NULL
          ) STRICT`,
    );
    await runner.query(
      `INSERT ${mysql ? 'IGNORE' : 'OR IGNORE'} INTO signing_key_epoch (id, epoch) VALUES (1, 0)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS signing_key_epoch');
    await runner.query('ALTER TABLE signing_keys DROP COLUMN expires_at');
    await runner.query('ALTER TABLE signing_keys DROP COLUMN active_from');
  }
}
