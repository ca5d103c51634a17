import { bearer, LOGOUT, login, ME, refreshWith, registerUser, send } from '../support/client.ts';
import { onEachDatabase, onMysql } from '../support/databases.ts';
import { instance, runInstances } from '../support/instances.ts';
import { startServe, withProcesses } from '../support/processes.ts';
import { withStateCache } from '../support/sabotage.ts';
import { testEnvironment } from '../support/server.ts';
import { watchSessionUpdates } from '../support/session-updates.ts';
import { repeatedly } from './repeat.ts';
import { type Account, sameTokenRounds } from './rotation-races.ts';

// Many requests and many hashes: on a loaded machine they take a while.
jest.setTimeout(180_000);

/** A logout at one instance, in turn, and then both tokens at all of them. */
async function logoutSeenEverywhere(urls: readonly string[], account: Account): Promise<string[]> {
  const { accessToken, refreshToken } = await login(instance(urls, 0), account);
  const askAll = () => Promise.all(urls.map((url) => send(url, ME, {}, bearer(accessToken))));
  const before = await askAll();
  const at = Math.floor(Math.random() * urls.length);
  await send(instance(urls, at), LOGOUT, { input: { refreshToken } });
  const after = [...(await askAll()), await refreshWith(instance(urls, at + 1), refreshToken)];
  return [
    ...before.filter(({ errors }) => errors !== undefined).map(({ text }) => `refused before: ${text}`),
    ...after
      .filter(({ refusal }) => refusal?.['endReason'] !== 'LOGOUT')
      .map(({ text }) => `not refused after: ${text}`),
  ];
}

onEachDatabase('a logout at one of the instances, three where the database has several', (database) => {
  const urls = runInstances(database);

  it('E1 is felt at all of them at once', async () => {
    const account = await registerUser(instance(urls(), 0));
    expect(await repeatedly(20, () => logoutSeenEverywhere(urls(), account))).toEqual([]);
  });

  it('E1 would be noticed if an instance remembered the state of a session', async () => {
    const account = await registerUser(instance(urls(), 0));
    expect(await withStateCache(() => logoutSeenEverywhere(urls(), account))).not.toEqual([]);
  });
});

onMysql('three instances in processes of their own', (database) => {
  withProcesses();

  it('C1, E1 rotate once for 64 at once, and feel a logout everywhere', async () => {
    const instances = Array.from({ length: 3 }, () => startServe({ env: testEnvironment(database()) }));
    const urls = await Promise.all(instances.map((each) => each.ready()));
    await watchSessionUpdates(database());
    const account = await registerUser(instance(urls, 0));
    const scene = { urls, database: database(), account };
    expect(await sameTokenRounds(scene, 10, 64)).toEqual([]);
    expect(await repeatedly(10, () => logoutSeenEverywhere(urls, account))).toEqual([]);
  });
});
