import type { Entry, History } from './history.ts';
import { judgedAfterTheBound, nobodyHonestIsSignedOut, signedOutMeansSignedOut } from './promises.ts';
import { PATIENCE } from './recorder.ts';
import type { Propagation } from './watch.ts';

/** What one run counted, and how long it measured. */
export interface Figures {
  readonly mode: string;
  readonly episodes: number;
  readonly requests: number;
  /** Requests that the servers could not answer, or not before their client gave up. */
  readonly failed: number;
  readonly revocations: number;
  readonly probesAfterTheBound: number;
  readonly accepted: number;
  readonly honestRefreshes: number;
  readonly wrongfulSignOuts: number;
  readonly races: number;
  readonly thefts: number;
  /** Milliseconds for which other instances went on accepting. */
  readonly healthy: readonly number[];
  readonly faulty: readonly number[];
}

export function figuresOf(
  mode: string,
  episodes: number,
  history: History,
  propagations: readonly Propagation[],
): Figures {
  const { entries } = history;
  const accepted = entries.filter(({ outcome }) => outcome === 'ACCEPTED');
  return {
    mode,
    episodes,
    requests: entries.length,
    failed: entries.filter(isFailed).length,
    revocations: accepted.filter(({ kind }) => kind === 'REVOCATION').length,
    probesAfterTheBound: judgedAfterTheBound(history).length,
    accepted: signedOutMeansSignedOut(history).length,
    honestRefreshes: accepted.filter(({ kind }) => kind === 'REFRESH').length,
    wrongfulSignOuts: nobodyHonestIsSignedOut(history).length,
    races: history.races.length,
    thefts: history.thefts.length,
    healthy: propagations.filter(({ calm }) => calm).map(({ milliseconds }) => milliseconds),
    faulty: propagations.filter(({ calm }) => !calm).map(({ milliseconds }) => milliseconds),
  };
}

function isFailed({ outcome, sentAt, answeredAt }: Entry): boolean {
  return outcome === 'UNAVAILABLE' || outcome === 'LOST' || answeredAt - sentAt > PATIENCE;
}

const ROWS: readonly (readonly [string, (figures: Figures) => string | number])[] = [
  ['episodes', ({ episodes }) => episodes],
  ['requests', ({ requests }) => requests],
  ['  UNAVAILABLE, or no answer in time', ({ failed }) => failed],
  ['revocations acknowledged', ({ revocations }) => revocations],
  ['probes after the bound', ({ probesAfterTheBound }) => probesAfterTheBound],
  ['  accepted', ({ accepted }) => accepted],
  ['honest refreshes', ({ honestRefreshes }) => honestRefreshes],
  ['  wrongful sign-outs', ({ wrongfulSignOuts }) => wrongfulSignOuts],
  ['races for one token', ({ races }) => races],
  ['thefts', ({ thefts }) => thefts],
  ['propagation in health, p50 (ms)', ({ healthy }) => percentile(healthy, 0.5)],
  ['  p99', ({ healthy }) => percentile(healthy, 0.99)],
  ['  max', ({ healthy }) => percentile(healthy, 1)],
  ['propagation under faults, p50 (ms)', ({ faulty }) => percentile(faulty, 0.5)],
  ['  p99', ({ faulty }) => percentile(faulty, 0.99)],
  ['  max', ({ faulty }) => percentile(faulty, 1)],
];

/** One readable block, a column for each run. */
export function printFigures(seed: number, all: readonly Figures[]): string {
  const lines = [['', ...all.map(({ mode }) => mode)], ...ROWS.map(([name, of]) => [name, ...all.map(of)])];
  const widths = all.map(({ mode }) => Math.max(mode.length, 8) + 2);
  const rows = lines.map(([name, ...values]) =>
    [
      String(name).padEnd(36),
      ...values.map((value, index) => String(value).padStart(widths[index] ?? 0)),
    ].join(''),
  );
  return [`The fault campaign, seed ${seed}`, ...rows].join('\n');
}

function percentile(measured: readonly number[], part: number): string {
  const sorted = [...measured].sort((a, b) => a - b);
  const found = sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)];
  return found === undefined ? '-' : String(Math.round(found));
}
