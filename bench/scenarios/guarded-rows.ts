import type { Bench, Section } from '../bench.ts';
import { compare, type Measured, type Target } from '../compare.ts';
import { data, protectedQuery, times } from '../lanes.ts';
import { createAccount, environment, signIn, startPortcullis } from '../portcullis.ts';
import { Program, withPrograms } from '../program.ts';
import { COMPARISON, comparisonRow } from '../report.ts';
import { targetPath } from '../targets/path.ts';

const CONNECTIONS = 20;

/** What `@auth` on a field of every row of a list costs. */
export function guardedRows(bench: Bench): Promise<Section> {
  return withPrograms(async (keep) => {
    const database = await bench.databases.mysql();
    const issuer = await keep(startPortcullis(database));
    const env = environment(database);
    const server = await keep(Program.start([targetPath('guarded-rows')], { env }));
    const account = await createAccount(issuer.url);
    const tokens = (await signIn(issuer.url, account, CONNECTIONS)).map(({ accessToken }) => accessToken);
    const lists = (['open', 'guarded'] as const).map((list) => target(server, list, tokens));
    return section(await compare(bench, lists));
  });
}

function target(program: Program, list: 'open' | 'guarded', tokens: readonly string[]): Target {
  const rows = times(100, (index) => ({ id: `row-${index}`, title: 'A row', amount: index }));
  const lanes = () =>
    protectedQuery(CONNECTIONS, `{ ${list} { id title amount } }`, tokens, data({ [list]: rows }));
  return { name: list, program, lanes };
}

function section(measured: Map<string, Measured>): Section {
  const [open, guarded] = [measured.get('open'), measured.get('guarded')];
  if (open === undefined || guarded === undefined) throw new Error('A list was not measured.');
  const cost = open.perSecond / guarded.perSecond;
  return {
    title: 'A protected field in a list',
    about: `A protected query for 100 rows of three fields on ${CONNECTIONS} connections, strict on MySQL; of the second list's rows one field is \`@auth\`.`,
    columns: COMPARISON,
    rows: [
      comparisonRow('plain rows', open, open),
      comparisonRow('rows with a protected field', guarded, open),
    ],
    goals: [{ name: 'cost with the protected field to cost without', atMost: 1.02, result: cost }],
  };
}
