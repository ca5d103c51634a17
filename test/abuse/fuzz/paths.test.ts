import { pathRequest } from '../../support/fuzz/generate/paths.ts';
import { rawBytes } from '../../support/fuzz/generate/raw-bytes.ts';
import { fuzz, runsOf, SEED, timeFor } from '../../support/fuzz/plan.ts';
import { runFuzzed, STRICT } from '../../support/fuzz/run-fuzzed.ts';
import { onSqlite } from '../../support/running.ts';

const PATHS = 0.15;
const BYTES = 0.1;

onSqlite(`a server that is sent bytes made up from seed ${SEED}`, (database) => {
  const server = runFuzzed(database, () => STRICT);

  it(
    'H2, H5 answers at every path, by every method, within its contract',
    () => fuzz('paths', pathRequest, runsOf(PATHS), (request) => server().check(request)),
    timeFor(runsOf(PATHS)),
  );

  it(
    'answers or closes the connection, whatever the bytes are, and runs nothing that is hidden in them',
    () => fuzz('bytes', rawBytes, runsOf(BYTES), (bytes) => server().checkBytes(bytes)),
    timeFor(runsOf(BYTES)),
  );

  it('and stops in order', async () => {
    expect(await server().stop()).toEqual({ status: 0, faults: [] });
  });
});
