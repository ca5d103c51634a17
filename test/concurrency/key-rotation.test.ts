import { LAST_TOKEN, PUBLICATION_LEAD } from '../../src/keys/key-state.ts';
import { bearer, login, ME, registerUser, send } from '../support/client.ts';
import { onEachDatabase, onMysql } from '../support/databases.ts';
import { instance, runInstances } from '../support/instances.ts';
import { ageKeys, publishedKids } from '../support/keys.ts';
import { withoutKeyLock, withoutKeyNews } from '../support/sabotage.ts';
import {
  faultsInEmergency,
  keysMadeAtOnce,
  refusedInRotation,
  rotateAt,
  type Scene,
} from './key-rotations.ts';

jest.setTimeout(120_000);

/** Milliseconds. */
const STALENESS = 2_000;

onEachDatabase('the signing keys of several instances', (database) => {
  const urls = runInstances(database);
  const scene = async (): Promise<Scene> => ({
    urls: urls(),
    database: database(),
    account: await registerUser(instance(urls(), 0)),
  });
  /** So that no test finds a key of another one: one key, which signs. */
  beforeEach(async () => {
    await ageKeys(database(), PUBLICATION_LEAD + LAST_TOKEN);
  });

  it('E1 are rotated under load without one refusal', async () => {
    expect(await refusedInRotation(await scene())).toEqual([]);
  });

  it('E1 are revoked under load at all of them at once, and nobody is signed out', async () => {
    expect(await faultsInEmergency(await scene())).toEqual([]);
  });

  it('are known to an instance that has heard nothing, from the first token on and to whoever fetches them', async () => {
    const { account } = await scene();
    const here = instance(urls(), 0);
    await rotateAt(here, true);
    const { accessToken } = await login(here, account);
    for (const url of urls()) expect((await send(url, ME, {}, bearer(accessToken))).errors).toBeUndefined();
    await rotateAt(here, true);
    const [kid] = await publishedKids(here);
    for (const url of urls()) expect(await publishedKids(url)).toEqual([kid]);
  });

  it('are made once when several admins rotate at once', async () => {
    for (let round = 0; round < 5; round++) {
      await ageKeys(database(), PUBLICATION_LEAD + LAST_TOKEN);
      expect(await keysMadeAtOnce(await scene(), false)).toBe(1);
      expect(await keysMadeAtOnce(await scene(), true)).toBe(1);
    }
  });

  it('would be noticed to be several if the keys were not locked', async () => {
    expect(await withoutKeyLock(async () => keysMadeAtOnce(await scene(), false).catch(() => 2))).not.toBe(1);
  });

  it('E1 would be noticed if an instance did not hear of the revocation', async () => {
    const ready = await scene();
    const found = await withoutKeyNews(() => faultsInEmergency(ready));
    const accepted = found.filter((fault) => fault.startsWith('a token of before: {"data":{"me":{'));
    // The one instance on SQLite is the acknowledging one, and needs no news.
    if (database().kind === 'mysql') expect(accepted).not.toEqual([]);
    else expect(accepted).toEqual([]);
  });
});

onMysql(
  'the signing keys of several instances that answer from what they know (FRESHNESS=bounded)',
  (database) => {
    const urls = runInstances(database, { FRESHNESS: 'bounded', MAX_STALENESS: `${STALENESS / 1_000}s` });

    it('E1 are revoked at once where it is acknowledged, and within MAX_STALENESS everywhere else', async () => {
      const here = instance(urls(), 0);
      const account = await registerUser(here);
      const ask = async (url: string) => {
        const { refusal } = await send(url, ME, {}, bearer(account.accessToken));
        return refusal === undefined ? 'ok' : (refusal['reason'] ?? refusal['code']);
      };
      for (const url of urls()) expect(await ask(url)).toBe('ok');
      await rotateAt(here, true);
      const acknowledged = performance.now();
      expect(await ask(here)).toBe('STALE');
      for (const url of urls()) {
        for (let outcome: unknown = 'ok'; outcome !== 'STALE'; ) {
          const isDue = performance.now() > acknowledged + STALENESS;
          outcome = await ask(url);
          // UNAVAILABLE is what an instance says that has no proof and gets none in time, on a starved machine.
          expect([isDue ? 'STALE' : 'ok', 'STALE', 'UNAVAILABLE']).toContain(outcome);
        }
      }
      const { accessToken } = await login(here, account);
      for (const url of urls()) expect((await send(url, ME, {}, bearer(accessToken))).errors).toBeUndefined();
    });
  },
);
