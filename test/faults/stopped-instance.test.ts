import { setTimeout as sleep } from 'node:timers/promises';
import { bearer, LOGOUT, login, registerUser, send } from '../support/client.ts';
import { onMysql } from '../support/databases.ts';
import { startServe, withProcesses } from '../support/processes.ts';
import { testEnvironment } from '../support/server.ts';
import { until } from '../support/until.ts';

jest.setTimeout(120_000);

const WHO = '{ me { id } }';

/** Milliseconds; the shortest MAX_STALENESS. */
const BOUND = 1_000;

onMysql('I6 an instance that is stopped while others revoke', (database) => {
  withProcesses();

  it('I6 denies with its first answer after it goes on, though the request was there before', async () => {
    const env = testEnvironment(database(), { FRESHNESS: 'bounded', MAX_STALENESS: '1s' });
    const [first, second] = [startServe({ env }), startServe({ env })];
    const [url, stopped] = [await first.ready(), await second.ready()];
    await until(async () => (await fetch(`${stopped}/readyz`)).ok);
    const user = await registerUser(url);
    for (let round = 0; round < 3; round++) {
      const [revoked, kept] = [await login(url, user), await login(url, user)];
      for (const { accessToken } of [revoked, kept])
        expect((await send(stopped, WHO, {}, bearer(accessToken))).errors).toBeUndefined();
      second.kill('SIGSTOP');
      await send(url, LOGOUT, { input: { refreshToken: revoked.refreshToken } });
      // Its own knowledge is as old as it may be, and older; the minute of the fault would show no more.
      await sleep(BOUND + 100);
      const waiting = [revoked, kept].map(({ accessToken }) => send(stopped, WHO, {}, bearer(accessToken)));
      await sleep(50);
      second.kill('SIGCONT');
      const [denied, served] = await Promise.all(waiting);
      expect(denied?.refusal).toMatchObject({ reason: 'SESSION_ENDED', endReason: 'LOGOUT' });
      expect(served?.data).toEqual({ me: { id: user.userId } });
    }
  });
});
