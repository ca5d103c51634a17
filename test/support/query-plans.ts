import type { TestDatabase } from './databases.ts';
import type { Statement } from './statements.ts';

/**
 * What the database says that it would do for a statement and should not: read a whole table, or find more than a page
 * and sort it. The live sessions of one user may be sorted.
 */
export async function planProblems(
  database: TestDatabase,
  { sql, parameters }: Statement,
): Promise<string[]> {
  return database.kind === 'mysql'
    ? mysqlProblems(database, sql, parameters)
    : sqliteProblems(database, sql, parameters);
}

async function mysqlProblems(
  database: TestDatabase,
  sql: string,
  parameters: Statement['parameters'],
): Promise<string[]> {
  const plan = await database.query(`EXPLAIN ${sql}`, parameters);
  return (
    plan
      // What a sub-query found is read whole; it has a limit of its own.
      .filter(({ table }) => table !== null && !String(table).startsWith('<derived'))
      .filter(
        ({ type, key, Extra }) =>
          type === 'ALL' ||
          key === null ||
          (key !== 'sessions_of_user' && /filesort|temporary/.test(String(Extra))),
      )
      .map((row) => JSON.stringify([sql, row]))
  );
}

async function sqliteProblems(
  database: TestDatabase,
  sql: string,
  parameters: Statement['parameters'],
): Promise<string[]> {
  const plan = await database.query(`EXPLAIN QUERY PLAN ${sql}`, parameters);
  const details = plan.map(({ detail }) => String(detail));
  const ofOneUser = details.some((detail) => detail.includes('sessions_of_user'));
  return details
    .filter(
      (detail) =>
        (/TEMP B-TREE/.test(detail) && !ofOneUser) || (/^SCAN/.test(detail) && !/USING/.test(detail)),
    )
    .map((detail) => `${sql}: ${detail}`);
}
