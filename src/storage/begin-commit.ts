import type { QueryRunner } from 'typeorm';

/**
 * Begins a write transaction. On SQLite it takes the write lock at once, which TypeORM's own deferred BEGIN does not: a
 * reader that turns writer would fail with SQLITE_BUSY.
 */
export async function begin(runner: QueryRunner): Promise<void> {
  await (isMysql(runner) ? runner.startTransaction() : runner.query('BEGIN IMMEDIATE'));
}

export async function commit(runner: QueryRunner): Promise<void> {
  await (isMysql(runner) ? runner.commitTransaction() : runner.query('COMMIT'));
}

/** A connection on which the rollback fails must not go back to the pool with an open transaction. */
export async function rollBack(runner: QueryRunner): Promise<void> {
  try {
    await (isMysql(runner) ? runner.rollbackTransaction() : runner.query('ROLLBACK'));
  } catch {
    if (isMysql(runner)) (await runner.connect().catch(() => undefined))?.destroy();
  }
}

function isMysql(runner: QueryRunner): boolean {
  return runner.dataSource.options.type === 'mysql';
}
