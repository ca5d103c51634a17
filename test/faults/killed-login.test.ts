import { setTimeout as sleep } from 'node:timers/promises';
import { registerUser } from '../support/client.ts';
import { onEachDatabase, type TestDatabase } from '../support/databases.ts';
import { startServe, withProcesses } from '../support/processes.ts';
import { testEnvironment } from '../support/server.ts';
import { attempt, counters, guess, passTime, slowDown, THROTTLED, tally } from '../support/throttle.ts';

jest.setTimeout(120_000);

const HALF_A_MINUTE = 30_000;

async function until(database: TestDatabase, expected: readonly string[]): Promise<void> {
  for (const end = Date.now() + 20_000; ; await sleep(20)) {
    const found = await counters(database);
    if (found.join() === expected.join()) return;
    if (Date.now() > end) throw new Error(`${found.join()} instead of ${expected.join()}`);
  }
}

onEachDatabase('a server that is killed while it checks passwords', (database) => {
  withProcesses();

  it('A2 has counted them: no guess is free, and its place is given up after half a minute', async () => {
    const env = testEnvironment(database(), { ...THROTTLED, LOGIN_LIMIT_ACCOUNT: '6' });
    const first = startServe({ env });
    const url = await first.ready();
    const user = await registerUser(url);
    await slowDown(database(), user, 100);
    const guesses = Array.from({ length: 5 }, (_, index) =>
      guess(url, user.email, `192.0.2.${index}`).catch(() => undefined),
    );
    const inFlight = [...Array<string>(5).fill('1/1'), '5/5'];
    await until(database(), inFlight);
    first.kill('SIGKILL');
    await first.exited;
    expect((await Promise.all(guesses)).filter((answer) => answer !== undefined)).toEqual([]);
    expect(await counters(database())).toEqual(inFlight);

    const after = await startServe({ env }).ready();
    await slowDown(database(), user, 1);
    await passTime(database(), HALF_A_MINUTE);
    const answers = [];
    for (let index = 0; index < 3; index++) answers.push(await guess(after, user.email, '203.0.113.5'));
    // One more of six.
    expect(tally(answers)).toEqual({ INVALID_CREDENTIALS: 1, RATE_LIMITED: 2 });
    // The control: the owner, whose address is known.
    expect((await attempt(after, user, '127.0.0.1')).errors).toBeUndefined();
  });
});
