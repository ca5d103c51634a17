import { LOGOUT, type Tokens } from '../../test/support/client.ts';
import type { Bench, Section } from '../bench.ts';
import { compare, type Measured, type Target } from '../compare.ts';
import { logins, refreshes, sessionLists, times } from '../lanes.ts';
import type { Lane } from '../load/plan.ts';
import { graphql } from '../load/wire.ts';
import { type Account, createAccount, signInEach, startPortcullis } from '../portcullis.ts';
import type { Program } from '../program.ts';

const MANY_CLIENTS = 50;
const MANY_CLIENTS_QUICK = 5;

/** Sessions that each measurement of logout ends. */
const LOGOUTS = 400;
const LOGOUTS_QUICK = 40;

/** Every presentation of a refresh token is a rotation then; within the window of grace most are not. */
const EVERY_REFRESH_ROTATES = { REFRESH_GRACE: '0s' };

interface Served {
  readonly program: Program;
  /** One for each client: changes of one user's sessions wait for one another. */
  readonly accounts: readonly Account[];
}

/** Issue 5, point 9: from login to logout, end to end. */
export async function sessionLife(bench: Bench): Promise<Section> {
  const rows: string[][] = [];
  const many = bench.effort.quick ? MANY_CLIENTS_QUICK : MANY_CLIENTS;
  for (const kind of ['sqlite', 'mysql'] as const) {
    const program = await startPortcullis(await bench.databases[kind](), EVERY_REFRESH_ROTATES);
    try {
      const accounts: Account[] = [];
      while (accounts.length < many) accounts.push(await createAccount(program.url));
      for (const clients of [1, many])
        rows.push(...(await measureAll(bench, { program, accounts: accounts.slice(0, clients) }, kind)));
    } finally {
      await program.stop();
    }
  }
  return {
    title: 'The life of a session',
    about:
      'Operations end to end over HTTP, each durable when it is answered (`synchronous=FULL` on SQLite, `innodb_flush_log_at_trx_commit=1` on MariaDB). Each client is a user of its own. Every refresh is a rotation. A login computes argon2id with 19 MiB and two passes.',
    columns: ['', 'database', 'clients', 'a second', 'p50 ms', 'p99 ms'],
    rows,
  };
}

async function measureAll(
  bench: Bench,
  { program, accounts }: Served,
  kind: 'sqlite' | 'mysql',
): Promise<string[][]> {
  const target = (name: string, lanes: Target['lanes']) => ({ name, program, lanes });
  // Refreshed tokens are used up, and ended sessions gone: each measurement signs in anew.
  const clients = accounts.length;
  const fresh = (count: number) => signInEach(program.url, accounts, count);
  const logouts = bench.effort.quick ? LOGOUTS_QUICK : LOGOUTS;
  const measured = await compare(
    { ...bench, effort: { ...bench.effort, warmUp: Math.min(bench.effort.warmUp, 500) } },
    [
      target('refresh', async () => refreshes(await fresh(clients))),
      target('login', () => logins(accounts)),
      target('logout', async () => logoutLanes(clients, await fresh(Math.max(clients, logouts)))),
      target('mySessions of 10', async () => sessionLists(await fresh(clients))),
    ],
  );
  return [...measured].map(([name, figures]) => row(name, kind, clients, figures));
}

function row(name: string, kind: string, clients: number, { perSecond, p50, p99 }: Measured): string[] {
  const database = kind === 'sqlite' ? 'SQLite' : 'MySQL';
  return [name, database, String(clients), perSecond.toFixed(0), p50.toFixed(1), p99.toFixed(1)];
}

function logoutLanes(clients: number, tokens: readonly Tokens[]): Lane[] {
  const steps = tokens.map(({ refreshToken }) => ({
    request: graphql(LOGOUT, undefined, { input: { refreshToken } }),
    answer: '{"data":{"logout":{"ended":true}}}\n',
  }));
  return times(clients, (lane) => ({
    kind: 'once',
    steps: steps.filter((_, index) => index % clients === lane),
  }));
}
