import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Bench, QUICK, type Scenario, THOROUGH } from './bench.ts';
import { Databases } from './databases.ts';
import { Generator } from './load/generator.ts';
import { killPrograms, ROOT } from './program.ts';
import { page, sectionLines } from './report.ts';
import { connections } from './scenarios/connections.ts';
import { feed } from './scenarios/feed.ts';
import { guardedRows } from './scenarios/guarded-rows.ts';
import { loginAnswers } from './scenarios/login-answers.ts';
import { manySessions } from './scenarios/many-sessions.ts';
import { memory } from './scenarios/memory.ts';
import { peers } from './scenarios/peers.ts';
import { processes } from './scenarios/processes.ts';
import { protectedField } from './scenarios/protected.ts';
import { sessionLife } from './scenarios/session-life.ts';

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  protected: protectedField,
  rows: guardedRows,
  peers,
  sessions: sessionLife,
  connections,
  logins: loginAnswers,
  many: manySessions,
  memory,
  feed,
  processes,
};

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } },
});

const chosen = Object.entries(SCENARIOS).filter(([name]) => values.only?.split(',').includes(name) ?? true);
if (chosen.length === 0) throw new Error(`--only names none of ${Object.keys(SCENARIOS).join(', ')}.`);

// Whoever interrupts the run wants everything to end that it has started.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
process.once('exit', killPrograms);

const databases = await Databases.find();
const generator = new Generator();
const bench: Bench = {
  generator,
  databases,
  effort: values.quick ? QUICK : THOROUGH,
  say: (line) => void process.stderr.write(`${line}\n`),
};

try {
  const sections = [];
  for (const [name, scenario] of chosen) {
    bench.say(`— ${name}`);
    try {
      const section = await scenario(bench);
      sections.push(section);
      process.stdout.write(`${sectionLines(section).join('\n')}\n`);
    } catch (error) {
      // A wrong answer spoils its own part, and the page.
      bench.say(`${name} failed: ${error instanceof Error ? error.stack : error}`);
      process.exitCode = 1;
    }
  }
  const isWhole = sections.length === Object.keys(SCENARIOS).length;
  if (isWhole && !values.quick)
    writeFileSync(join(ROOT, 'docs/performance.md'), page(sections, databases.version));
} finally {
  generator.stop();
  await databases.close();
}
