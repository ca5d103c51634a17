import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';

/** Where the generators start unless FUZZ_SEED says otherwise, so that every run of the suites is the same. */
const USUAL_SEED = 20_251_122;
/** Requests of all suites together, bounded so that they take seconds; FUZZ_RUNS asks for more. */
const USUAL_RUNS = 800;
/** Milliseconds that a request may take on a busy machine, logins and new casts included. */
const PER_RUN = 250;
/** Milliseconds for what fails to be made smaller, and then for the rest of the test. */
const SHRINKING = 60_000;
const REST = 40_000;

/** Of this run; `FUZZ_SEED=random` takes another one each time. The titles of the tests name it. */
export const SEED = seedOf(process.env['FUZZ_SEED'] ?? '');

const RUNS = Number(process.env['FUZZ_RUNS'] ?? '') || USUAL_RUNS;

/** @param share of all requests, 0 to 1 */
export function runsOf(share: number): number {
  return Math.ceil(RUNS * share);
}

/** Milliseconds for a test of so many runs. */
export function timeFor(runs: number): number {
  return runs * PER_RUN + SHRINKING + REST;
}

function seedOf(text: string): number {
  if (text === 'random') return Math.floor(Math.random() * 2 ** 31);
  return Number(text) || USUAL_SEED;
}

/**
 * Lets a check judge what went wrong once, kept in `test/abuse/fuzz/kept.json`, and then what the generator makes of
 * the seed. What fails is made as small as it still fails, and told as JSON, ready to be kept.
 */
export async function fuzz<Case>(
  name: KeptName,
  generated: fc.Arbitrary<Case>,
  runs: number,
  check: (one: Case) => Promise<void>,
): Promise<void> {
  const examples = kept(name) as [Case][];
  await fc.assert(fc.asyncProperty(generated, judged(check)), {
    seed: SEED,
    examples,
    numRuns: examples.length + runs,
    interruptAfterTimeLimit: runs * PER_RUN + SHRINKING,
    markInterruptAsFailure: true,
  });
}

function judged<Case>(check: (one: Case) => Promise<void>): (one: Case) => Promise<void> {
  return async (one) => {
    try {
      await check(one);
    } catch (cause) {
      const problem = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`${problem}\nTo be kept: ${JSON.stringify(one)}`, { cause });
    }
  };
}

type KeptName = 'graphql' | 'paths' | 'bytes' | 'together';

function kept(name: KeptName): unknown[][] {
  const path = join(__dirname, '../../abuse/fuzz/kept.json');
  const all = JSON.parse(readFileSync(path, 'utf8')) as Record<KeptName, { request: unknown }[]>;
  return all[name].map(({ request }) => [request]);
}
