import { BetterSqlite3QueryRunner } from 'typeorm/driver/better-sqlite3/BetterSqlite3QueryRunner.js';
import { MysqlQueryRunner } from 'typeorm/driver/mysql/MysqlQueryRunner.js';

export interface Statement {
  readonly sql: string;
  readonly parameters: readonly (string | number | Buffer)[];
}

/**
 * The statements that `work` makes the servers of this process send through TypeORM: all but the batched look-up of who
 * calls, of which there is one a request.
 */
export async function statementsOf(work: () => Promise<unknown>): Promise<Statement[]> {
  const spies = [
    jest.spyOn(BetterSqlite3QueryRunner.prototype, 'query'),
    jest.spyOn(MysqlQueryRunner.prototype, 'query'),
  ];
  try {
    await work();
    return spies
      .flatMap((spy) => spy.mock.calls)
      .map(([sql, parameters]) => ({ sql, parameters: (parameters ?? []) as Statement['parameters'] }));
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
