import { insertSessions, insertUsers } from '../../test/support/bulk-rows.ts';
import type { TestDatabase } from '../../test/support/databases.ts';
import type { Bench, Section } from '../bench.ts';
import { compare, type Measured, type Target } from '../compare.ts';
import { data, logins, protectedQuery, refreshes, sessionLists, times } from '../lanes.ts';
import { createAccount, signIn, startPortcullis } from '../portcullis.ts';
import { type Keep, withPrograms } from '../program.ts';
import { QUERY } from '../targets/hello-schema.ts';

const CONNECTIONS = 10;
const CHUNK = 10_000;

interface Size {
  readonly name: string;
  readonly sessions: number;
  /** Of these, so many are the measured user's. */
  readonly own: number;
}

const FEW: Size = { name: 'a thousand', sessions: 1_000, own: 10 };
const MANY: Size = { name: 'a million', sessions: 1_000_000, own: 10_000 };
const MANY_QUICK: Size = { name: 'twenty thousand', sessions: 20_000, own: 2_000 };

const OPERATIONS = ['me', 'refresh', 'login', 'mySessions'] as const;

/** Whether what a request costs depends on how many sessions there are. */
export function manySessions(bench: Bench): Promise<Section> {
  const many = bench.effort.quick ? MANY_QUICK : MANY;
  return withPrograms(async (keep) => {
    const targets: Target[] = [];
    for (const kind of ['sqlite', 'mysql'] as const)
      for (const size of [FEW, many]) targets.push(...(await filled(bench, kind, size, keep)));
    return section(await compare(bench, targets), many);
  });
}

async function filled(
  { databases, say }: Bench,
  kind: 'sqlite' | 'mysql',
  size: Size,
  keep: Keep,
): Promise<Target[]> {
  const database = await databases[kind]();
  const program = await keep(startPortcullis(database, { REFRESH_GRACE: '0s' }));
  const account = await createAccount(program.url);
  await insertSessions(database, Array<string>(size.own).fill(account.userId));
  await fill(database, size.sessions - size.own);
  say(`${kind}: ${size.name} sessions`);
  const fresh = () => signIn(program.url, account, CONNECTIONS);
  const tokens = await fresh();
  const answer = data({ me: { id: account.userId, email: account.email } });
  const bearers = tokens.map(({ accessToken }) => accessToken);
  const name = (operation: string) => targetName(operation, kind, size.name);
  return [
    { name: name('me'), program, lanes: () => protectedQuery(CONNECTIONS, QUERY, bearers, answer) },
    { name: name('refresh'), program, lanes: async () => refreshes(await fresh()) },
    { name: name('login'), program, lanes: () => logins(times(CONNECTIONS, () => account)) },
    { name: name('mySessions'), program, lanes: () => sessionLists(tokens) },
  ];
}

/** Other people's sessions, ten each. */
async function fill(database: TestDatabase, sessions: number): Promise<void> {
  for (let left = sessions; left > 0; left -= CHUNK) {
    const next = Math.min(CHUNK, left);
    const users = await insertUsers(database, Math.ceil(next / 10));
    await insertSessions(
      database,
      times(next, (index) => users[index % users.length] ?? ''),
    );
  }
}

function targetName(operation: string, kind: 'sqlite' | 'mysql', size: string): string {
  return `${operation}, ${kind === 'sqlite' ? 'SQLite' : 'MySQL'}, ${size}`;
}

function section(measured: Map<string, Measured>, many: Size): Section {
  const pairs = OPERATIONS.flatMap((operation) =>
    (['sqlite', 'mysql'] as const).flatMap((kind) => {
      const few = measured.get(targetName(operation, kind, FEW.name));
      const lots = measured.get(targetName(operation, kind, many.name));
      return few && lots ? [{ operation, kind, few, lots }] : [];
    }),
  );
  return {
    title: 'A thousand sessions and a million',
    about: `The same operations on ${CONNECTIONS} connections with ${FEW.sessions} sessions in the database, ${FEW.own} of them the caller's, and with ${many.sessions}, ${many.own} of them the caller's. \`mySessions\` asks for 10.`,
    columns: ['', 'database', `a second, ${FEW.name}`, `a second, ${many.name}`, 'p99 ms', 'p99 ms'],
    rows: pairs.map(({ operation, kind, few, lots }) => [
      operation,
      kind === 'sqlite' ? 'SQLite' : 'MySQL',
      few.perSecond.toFixed(0),
      lots.perSecond.toFixed(0),
      few.p99.toFixed(1),
      lots.p99.toFixed(1),
    ]),
    goals: pairs.map(({ operation, kind, few, lots }) => ({
      name: `${operation} on ${kind === 'sqlite' ? 'SQLite' : 'MySQL'}, cost with ${many.name} to cost with ${FEW.name}`,
      atMost: 1.5,
      result: few.perSecond / lots.perSecond,
    })),
  };
}
