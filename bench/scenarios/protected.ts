import type { Bench, Section } from '../bench.ts';
import { compare, type Measured, type Target } from '../compare.ts';
import { data, hello, protectedQuery, same } from '../lanes.ts';
import { graphql } from '../load/wire.ts';
import { createAccount, signIn, startPortcullis } from '../portcullis.ts';
import { type Keep, Program, withPrograms } from '../program.ts';
import { COMPARISON, comparisonRow } from '../report.ts';
import { ANSWER, QUERY, USER } from '../targets/hello-schema.ts';
import { targetPath } from '../targets/path.ts';

const CONNECTIONS = 50;

/** What a token's claims are enough for, so that a bounded instance needs no database. */
const ID_QUERY = '{ me { id } }';

const COHORT = 'Apollo, unprotected, cohort';

/** Issue 5, point 7: what protection costs. */
export function protectedField(bench: Bench): Promise<Section> {
  return withPrograms(async (keep) => {
    const targets = [...(await unprotected(keep)), ...(await ours(bench, keep))];
    return section(await compare(bench, targets));
  });
}

async function unprotected(keep: Keep): Promise<Target[]> {
  const start = (name: string, ...args: string[]) => keep(Program.start([targetPath(name), ...args]));
  const [bare, plain, cohort, standalone] = [
    await start('bare'),
    await start('hello'),
    await start('hello', '--cohort'),
    await start('standalone'),
  ];
  const whole = (name: string, program: Program) => ({ name, program, lanes: () => hello(CONNECTIONS) });
  const idOnly = data({ me: { id: USER.id } });
  return [
    whole('node:http, bare', bare),
    whole('Apollo, unprotected', plain),
    whole(COHORT, cohort),
    whole('startStandaloneServer, unprotected', standalone),
    {
      name: 'Apollo, unprotected, id',
      program: plain,
      lanes: () => same(CONNECTIONS, graphql(ID_QUERY), idOnly),
    },
  ];
}

async function ours({ databases }: Bench, keep: Keep): Promise<Target[]> {
  const target = async (
    name: string,
    query: string,
    database: { url: string },
    env = {},
  ): Promise<Target> => {
    const program = await keep(startPortcullis(database, env));
    const account = await createAccount(program.url);
    const tokens = (await signIn(program.url, account, CONNECTIONS)).map(({ accessToken }) => accessToken);
    const { userId, email } = account;
    const answer = data({ me: query === QUERY ? { id: userId, email } : { id: userId } });
    return { name, program, lanes: () => protectedQuery(CONNECTIONS, query, tokens, answer) };
  };
  const bounded = { FRESHNESS: 'bounded' };
  return [
    await target('Portcullis, strict, SQLite', QUERY, await databases.sqlite()),
    await target('Portcullis, strict, MySQL', QUERY, await databases.mysql()),
    await target('Portcullis, bounded, MySQL, id', ID_QUERY, await databases.mysql(), bounded),
  ];
}

function section(measured: Map<string, Measured>): Section {
  const of = (name: string) => {
    const figures = measured.get(name);
    if (figures === undefined) throw new Error(`${name} was not measured.`);
    return figures;
  };
  const ratio = (name: string, base: string) => of(name).perSecond / of(base).perSecond;
  const strict = 'Portcullis, strict, MySQL';
  const bounded = 'Portcullis, bounded, MySQL, id';
  const plain = 'Apollo, unprotected';
  return {
    title: 'A protected query',
    about: `\`${QUERY}\` on ${CONNECTIONS} connections, each with a session of its own; where it says so, \`${ID_QUERY}\`. *Apollo, unprotected* is the same Apollo Server behind the shortest listener there can be, with an answer of ${ANSWER.length} bytes that needs no guard and no database; *cohort*: the requests of one turn of the event loop wait for its end and run together, as those of Portcullis do.`,
    columns: COMPARISON,
    rows: [...measured].map(([name, figures]) => comparisonRow(name, figures, of(plain))),
    goals: [
      { name: 'strict, to Apollo unprotected', atLeast: 1.25, result: ratio(strict, plain) },
      {
        name: 'strict, to Apollo unprotected with cohort (like for like)',
        atLeast: 0.8,
        result: ratio(strict, COHORT),
      },
      {
        name: 'strict, to startStandaloneServer unprotected',
        atLeast: 1.6,
        result: ratio(strict, 'startStandaloneServer, unprotected'),
      },
      { name: 'strict, to bare node:http', atLeast: 0.3, result: ratio(strict, 'node:http, bare') },
      {
        name: 'bounded, to Apollo unprotected, same query',
        atLeast: 1.35,
        result: ratio(bounded, `${plain}, id`),
      },
      { name: 'bounded, to bare node:http', atLeast: 0.33, result: ratio(bounded, 'node:http, bare') },
      { name: 'p99 strict, to p99 of Apollo unprotected', atMost: 1, result: of(strict).p99 / of(plain).p99 },
    ],
  };
}
