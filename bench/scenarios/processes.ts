import type { Bench, Section } from '../bench.ts';
import { compare, type Measured, type Target } from '../compare.ts';
import { data, protectedQuery } from '../lanes.ts';
import { createAccount, environment, signIn } from '../portcullis.ts';
import { type Keep, Program, withPrograms } from '../program.ts';
import { COMPARISON, comparisonRow } from '../report.ts';
import { QUERY } from '../targets/hello-schema.ts';
import { targetPath } from '../targets/path.ts';

const CONNECTIONS = 100;
const SESSIONS = 50;

/** Several processes behind one port. */
export function processes(bench: Bench): Promise<Section> {
  return withPrograms(async (keep) => {
    const targets: Target[] = [];
    for (const count of [1, 2]) targets.push(await cluster(bench, count, keep));
    return section(await compare(bench, targets));
  });
}

async function cluster({ databases }: Bench, count: number, keep: Keep): Promise<Target> {
  const database = await databases.mysql();
  const env = environment(database);
  const program = await keep(Program.start([targetPath('cluster'), String(count)], { env }));
  const account = await createAccount(program.url);
  const tokens = (await signIn(program.url, account, SESSIONS)).map(({ accessToken }) => accessToken);
  const answer = data({ me: { id: account.userId, email: account.email } });
  return {
    name: count === 1 ? 'one process' : `${count} processes`,
    // The primary process does no work.
    program: { url: program.url, cpuTime: () => undefined },
    lanes: () => protectedQuery(CONNECTIONS, QUERY, tokens, answer),
  };
}

function section(measured: Map<string, Measured>): Section {
  const [base] = measured.values();
  return {
    title: 'Several processes',
    about: `\`${QUERY}\`, strict on MySQL, ${CONNECTIONS} connections, to processes behind one port (\`node:cluster\`). Load generator and database run on the same processors: where there are only two of them, a second process has to share the one that the first leaves over. CPU is not counted here.`,
    columns: COMPARISON,
    rows: base === undefined ? [] : [...measured].map(([name, each]) => comparisonRow(name, each, base)),
  };
}
