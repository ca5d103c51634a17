import { AsyncLocalStorage } from 'node:async_hooks';
import { BetterSqlite3QueryRunner } from 'typeorm/driver/better-sqlite3/BetterSqlite3QueryRunner.js';
import { MysqlQueryRunner } from 'typeorm/driver/mysql/MysqlQueryRunner.js';
import { StoredActivity } from '../../src/storage/activity-store.ts';

export interface Statement {
  readonly sql: string;
  readonly parameters: readonly (string | number | Buffer)[];
}

/** Around what the servers of this process save every few seconds, whatever a test asks of them. */
const byTheClock = new AsyncLocalStorage<true>();
const { add } = StoredActivity.prototype;
StoredActivity.prototype.add = function addByTheClock(counts) {
  return byTheClock.run(true, () => add.call(this, counts));
};

/**
 * The statements that `work` makes the servers of this process send through TypeORM: all but the batched look-up of who
 * calls, of which there is one a request.
 */
export async function statementsOf(work: () => Promise<unknown>): Promise<Statement[]> {
  const seen: Statement[] = [];
  const spies = [BetterSqlite3QueryRunner.prototype, MysqlQueryRunner.prototype].map((runner) => {
    const { query } = runner;
    return jest.spyOn(runner, 'query').mockImplementation(function watched(this: object, ...args) {
      const [sql, parameters] = args;
      if (byTheClock.getStore() === undefined)
        seen.push({ sql, parameters: (parameters ?? []) as Statement['parameters'] });
      return Reflect.apply(query, this, args);
    });
  });
  try {
    await work();
    return seen;
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
