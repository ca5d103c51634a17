import fc from 'fast-check';
import { graphqlRequest } from '../../support/fuzz/generate/requests.ts';
import { SEED, timeFor } from '../../support/fuzz/plan.ts';
import type { FuzzRequest } from '../../support/fuzz/request.ts';
import { PLAIN, runFuzzed } from '../../support/fuzz/run-fuzzed.ts';
import { onSqlite } from '../../support/running.ts';

const REQUESTS = 120;
const ROUNDS = 6;
/** Bytes that stay of a request: less than a body, and more than what a process gains that still warms up. */
const MOST_PER_REQUEST = 4_000;

onSqlite(`the memory of a server that is sent requests made up from seed ${SEED}`, (database) => {
  const server = runFuzzed(database, () => PLAIN);

  it(
    'is the same after thousands of them',
    async () => {
      const sample = fc.sample(graphqlRequest.filter(hasSteadyDocument), { numRuns: REQUESTS, seed: SEED });
      const before = await server().memoryAfter(sample, ROUNDS);
      const grown = (await server().memoryAfter(sample, ROUNDS)) - before;
      expect(grown / (REQUESTS * ROUNDS)).toBeLessThan(MOST_PER_REQUEST);
      expect(await server().stop()).toEqual({ status: 0, faults: [] });
    },
    timeFor(REQUESTS * ROUNDS * 2),
  );
});

/**
 * Documents are kept parsed, up to a limit, so they must be the same in every round: names of the cast may stand in the
 * variables alone.
 */
function hasSteadyDocument({ target, body = '' }: FuzzRequest): boolean {
  const [document = ''] = `${target} ${body}`.split('"variables"');
  return !/<[a-z]+(\.[a-z]+)?>/.test(document);
}
