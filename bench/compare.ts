import type { Bench } from './bench.ts';
import type { Figures, Lane } from './load/plan.ts';
import type { Program } from './program.ts';
import { median } from './statistics.ts';

/** One of those that are compared. */
export interface Target {
  readonly name: string;
  readonly program: Pick<Program, 'url' | 'cpuTime'>;
  /** Made anew for each measurement. */
  lanes(): readonly Lane[] | Promise<readonly Lane[]>;
  /** Statements that the database server has executed so far. */
  statements?(): Promise<number>;
}

/** Medians over the rounds. */
export interface Measured {
  readonly perSecond: number;
  /** Milliseconds */
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of the server process for one request; NaN where the machine does not tell. */
  readonly cpu: number;
  /** Of the database for one request; NaN where nobody counts them. */
  readonly statements: number;
}

/** Milliseconds after which a target counts as warm, however slow the machine. */
const WARM_UP_LIMIT = 8_000;
const WARM_UP_STEP = 500;

/**
 * Measures all targets in turn, round after round, every second round in the opposite order: what else the machine does
 * meets all of them alike.
 */
export async function compare(bench: Bench, targets: readonly Target[]): Promise<Map<string, Measured>> {
  for (const target of targets) await warmUp(bench, target);
  const samples = new Map(targets.map(({ name }) => [name, [] as Measured[]]));
  for (let round = 0; round < bench.effort.rounds; round++) {
    for (const target of round % 2 === 0 ? targets : [...targets].reverse())
      samples.get(target.name)?.push(await measure(bench, target, bench.effort.duration));
  }
  return new Map([...samples].map(([name, rounds]) => [name, medians(rounds)]));
}

async function warmUp(bench: Bench, target: Target): Promise<void> {
  let requests = 0;
  for (let spent = 0; requests < bench.effort.warmUp && spent < WARM_UP_LIMIT; spent += WARM_UP_STEP)
    requests += (await run(bench, target, WARM_UP_STEP)).requests;
}

async function measure(bench: Bench, target: Target, duration: number): Promise<Measured> {
  const before = await spent(target);
  const figures = await run(bench, target, duration);
  const after = await spent(target);
  bench.say(`${target.name}: ${Math.round(figures.perSecond)} a second`);
  return {
    ...figures,
    cpu: (after.cpu - before.cpu) / figures.requests,
    statements: (after.statements - before.statements) / figures.requests,
  };
}

async function spent({ program, statements }: Target): Promise<{ cpu: number; statements: number }> {
  return { cpu: program.cpuTime() ?? Number.NaN, statements: (await statements?.()) ?? Number.NaN };
}

async function run(bench: Bench, target: Target, duration: number): Promise<Figures> {
  return bench.generator.run({ url: target.program.url, lanes: await target.lanes(), duration });
}

function medians(rounds: readonly Measured[]): Measured {
  const of = (field: keyof Measured) => median(rounds.map((round) => round[field]));
  return {
    perSecond: of('perSecond'),
    p50: of('p50'),
    p99: of('p99'),
    cpu: of('cpu'),
    statements: of('statements'),
  };
}
