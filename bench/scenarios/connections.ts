import type { TestDatabase } from '../../test/support/databases.ts';
import type { Bench, Section } from '../bench.ts';
import { compare, type Measured, type Target } from '../compare.ts';
import { data, hello, protectedQuery } from '../lanes.ts';
import { createAccount, signIn, startPortcullis } from '../portcullis.ts';
import { Program, withPrograms } from '../program.ts';
import { COMPARISON, comparisonRow } from '../report.ts';
import { QUERY } from '../targets/hello-schema.ts';
import { targetPath } from '../targets/path.ts';

const COUNTS = [1, 10, 50, 200, 500];
const MOST_SESSIONS = 100;

/** Requests a second and latency from one connection to many. */
export function connections(bench: Bench): Promise<Section> {
  return withPrograms(async (keep) => {
    const database = await bench.databases.mysql();
    const unprotected = await keep(Program.start([targetPath('hello')]));
    const portcullis = await keep(startPortcullis(database));
    const account = await createAccount(portcullis.url);
    const tokens = (await signIn(portcullis.url, account, MOST_SESSIONS)).map((each) => each.accessToken);
    const answer = data({ me: { id: account.userId, email: account.email } });
    const targets = COUNTS.flatMap((count): Target[] => [
      { name: unprotectedName(count), program: unprotected, lanes: () => hello(count) },
      {
        name: protectedName(count),
        program: portcullis,
        lanes: () => protectedQuery(count, QUERY, tokens, answer),
        statements: () => preparedStatements(database),
      },
    ]);
    return section(await compare(bench, targets));
  });
}

const unprotectedName = (count: number) => `unprotected, ${count}`;
const protectedName = (count: number) => `Portcullis, ${count}`;

/** Of the whole database server; a protected query needs nothing else of it. */
async function preparedStatements(database: TestDatabase): Promise<number> {
  const [row] = await database.query("SHOW GLOBAL STATUS LIKE 'Com_stmt_execute'");
  return Number(row?.['Value']);
}

function section(measured: Map<string, Measured>): Section {
  return {
    title: 'From one connection to many',
    about: `\`${QUERY}\`, strict on MySQL, beside Apollo Server unprotected behind the shortest listener; the ratio is to the row above. Up to ${MOST_SESSIONS} sessions. The last column tells what the database has to carry: the requests of a moment share a statement.`,
    columns: [...COMPARISON, 'statements per 1,000 requests'],
    rows: COUNTS.flatMap((count) => {
      const [base, ours] = [measured.get(unprotectedName(count)), measured.get(protectedName(count))];
      if (base === undefined || ours === undefined) return [];
      return [
        [...comparisonRow(unprotectedName(count), base, base), '0'],
        [...comparisonRow(protectedName(count), ours, base), (ours.statements * 1000).toFixed(0)],
      ];
    }),
  };
}
