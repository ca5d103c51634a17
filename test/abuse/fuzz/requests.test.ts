import fc from 'fast-check';
import { onMysql } from '../../support/databases.ts';
import { graphqlRequest } from '../../support/fuzz/generate/requests.ts';
import { fuzz, runsOf, SEED, timeFor } from '../../support/fuzz/plan.ts';
import { PLAIN, runFuzzed, STRICT } from '../../support/fuzz/run-fuzzed.ts';

const SINGLE = { sqlite: 0.4, mysql: 0.15 };
const SEVERAL = { sqlite: 0.03, mysql: 0.01 };
const MOST_AT_ONCE = 8;

onMysql(`a server that is sent requests made up from seed ${SEED}`, (database) => {
  const server = runFuzzed(database, (kind) => (kind === 'sqlite' ? PLAIN : STRICT));
  const share = (of: Record<'sqlite' | 'mysql', number>) => runsOf(of[database().kind]);

  it(
    'G1, H2, H5 answers each within its contract, changes nothing but what it acknowledges, and leaves others alone',
    () => fuzz('graphql', graphqlRequest, share(SINGLE), (request) => server().check(request)),
    timeFor(runsOf(SINGLE.sqlite)),
  );

  it(
    'holds to that for several at once',
    async () => {
      const several = fc.array(graphqlRequest, { minLength: 2, maxLength: MOST_AT_ONCE });
      await fuzz('together', several, share(SEVERAL), (requests) => server().check(...requests));
    },
    timeFor(runsOf(SEVERAL.sqlite) * MOST_AT_ONCE),
  );

  it('ran many a field for them, and stops in order', async () => {
    expect(server().ran.size).toBeGreaterThan(5);
    expect(await server().stop()).toEqual({ status: 0, faults: [] });
  });
});
