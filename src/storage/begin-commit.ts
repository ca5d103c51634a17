import { setTimeout as sleep } from 'node:timers/promises';
import type { QueryRunner } from 'typeorm';
import { isBusy } from './failures.ts';

/** Milliseconds that another process, such as the command line, may hold SQLite's write lock before it is an error. */
const LONGEST_WAIT = 5_000;
const RETRY = 20;

/**
 * Begins a write transaction. On SQLite it takes the write lock at once, which TypeORM's own deferred BEGIN does not: a
 * reader that turns writer would fail with SQLITE_BUSY.
 */
export async function begin(runner: QueryRunner, signal?: AbortSignal): Promise<void> {
  await (isMysql(runner) ? runner.startTransaction() : beginImmediate(runner, signal));
}

/** SQLite's own busy timeout would stop the whole process while it waits. */
async function beginImmediate(runner: QueryRunner, signal: AbortSignal | undefined): Promise<void> {
  const until = performance.now() + LONGEST_WAIT;
  for (;;) {
    try {
      await runner.query('BEGIN IMMEDIATE');
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() > until || signal?.aborted) throw error;
      await sleep(RETRY);
    }
  }
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
