import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench, Section } from '../bench.ts';
import { compare, type Measured, type Target } from '../compare.ts';
import { data, protectedQuery, times } from '../lanes.ts';
import { httpRequest } from '../load/wire.ts';
import { createAccount, signIn, startPortcullis } from '../portcullis.ts';
import { type Keep, Program, ROOT, withPrograms } from '../program.ts';
import { COMPARISON, comparisonRow } from '../report.ts';
import { QUERY } from '../targets/hello-schema.ts';

const CONNECTIONS = 50;
const PEERS = join(ROOT, 'bench/peers');

/** What a peer prints of the request that is to be measured. */
interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly pattern: string;
}

/** Issue 5, point 8: "who is it that calls?", asked of others. */
export async function peers(bench: Bench): Promise<Section> {
  install();
  return withPrograms(async (keep) => {
    const targets = [...(await ours(bench, keep)), ...(await others(bench, keep))];
    return section(targets, await compare(bench, targets));
  });
}

/** Their scripts build nothing that is used here. Some want Node.js 22, and run on 20 as well. */
function install(): void {
  const installed = join(PEERS, 'node_modules/.package-lock.json');
  const isCurrent = existsSync(installed) && sameVersions(installed, join(PEERS, 'package-lock.json'));
  if (!isCurrent)
    execFileSync('npm', ['ci', '--ignore-scripts', '--engine-strict=false'], {
      cwd: PEERS,
      stdio: ['ignore', 2, 2],
    });
}

function sameVersions(installed: string, wanted: string): boolean {
  const versions = (path: string) => {
    const { packages } = JSON.parse(readFileSync(path, 'utf8')) as {
      packages: Record<string, { version?: string; optional?: boolean }>;
    };
    const entries = Object.entries(packages).filter(([name, { optional }]) => name !== '' && !optional);
    return JSON.stringify(entries.map(([name, { version }]) => `${name} ${version}`).sort());
  };
  return versions(installed) === versions(wanted);
}

async function ours({ databases }: Bench, keep: Keep): Promise<Target[]> {
  const target = async (name: string, database: { url: string }): Promise<Target> => {
    const program = await keep(startPortcullis(database));
    const account = await createAccount(program.url);
    const tokens = (await signIn(program.url, account, CONNECTIONS)).map(({ accessToken }) => accessToken);
    const answer = data({ me: { id: account.userId, email: account.email } });
    return { name, program, lanes: () => protectedQuery(CONNECTIONS, QUERY, tokens, answer) };
  };
  return [
    await target('Portcullis, SQLite', await databases.sqlite()),
    await target('Portcullis, MySQL', await databases.mysql()),
  ];
}

async function others({ databases }: Bench, keep: Keep): Promise<Target[]> {
  const target = async (name: string, script: string, ...args: string[]): Promise<Target> => {
    const program = await keep(Program.start([join(PEERS, script), ...args]));
    const asked = JSON.parse(/^request (.*)$/m.exec(program.output)?.[1] ?? '') as Asked;
    const step = {
      request: httpRequest(asked.method, asked.path, asked.headers, asked.body),
      answer: undefined,
      pattern: asked.pattern,
    };
    return { name, program, lanes: () => times(CONNECTIONS, () => ({ kind: 'cycle', steps: [step] })) };
  };
  const [sqlite, mysql, cached] = [
    await databases.sqlite(),
    await databases.mysql(),
    await databases.sqlite(),
  ];
  return [
    await target('better-auth get-session, SQLite', 'better-auth.mjs', sqlite.url),
    await target('better-auth get-session, MySQL', 'better-auth.mjs', mysql.url),
    await target('better-auth get-session, cookie cache', 'better-auth.mjs', cached.url, '--cookie-cache'),
    await target('oidc-provider introspection, in memory', 'oidc-provider.mjs'),
    await target('mercurius with mercurius-auth, jit, token only', 'mercurius.mjs'),
    await target('accounts-js behind Apollo Server, in memory', 'accounts-js.mjs'),
  ];
}

function section(targets: readonly Target[], measured: Map<string, Measured>): Section {
  const base = measured.get('Portcullis, MySQL');
  if (base === undefined) throw new Error('Portcullis was not measured.');
  const rest = targets.filter(({ name }) => !name.startsWith('Portcullis'));
  return {
    title: 'Beside others',
    about: `Each answers who it is that calls, on ${CONNECTIONS} connections: we \`${QUERY}\`, strict. What has a store in memory measures no database; what looks at the token or a cached cookie alone goes on serving sessions that have ended. mercurius runs on Fastify and compiles its queries: it is as far ahead of Apollo Server without any protection.`,
    columns: COMPARISON,
    rows: [...measured].map(([name, figures]) => comparisonRow(name, figures, base)),
    goals: rest.map(({ name }) => ({
      name: `Portcullis on MySQL, to ${name}`,
      atLeast: 1,
      result: base.perSecond / (measured.get(name)?.perSecond ?? Number.NaN),
    })),
  };
}
