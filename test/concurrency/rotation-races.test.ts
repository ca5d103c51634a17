import { registerUser } from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { instance, runInstances } from '../support/instances.ts';
import { withGaps, withoutLocks } from '../support/sabotage.ts';
import { watchSessionUpdates } from '../support/session-updates.ts';
import { repeatedly } from './repeat.ts';
import { type Scene, sameTokenRounds, thiefBesideVictim, twentyTabs } from './rotation-races.ts';

// Many requests and many hashes: on a loaded machine they take a while.
jest.setTimeout(180_000);

const THEFTS = 12;

onEachDatabase('refreshes that race, at three instances where the database has several', (database) => {
  const urls = runInstances(database);
  let scene: Scene;
  beforeAll(async () => {
    await watchSessionUpdates(database());
    scene = { urls: urls(), database: database(), account: await registerUser(instance(urls(), 0)) };
  });

  it('C1 with the same token 64 times at once: one rotation, the same successor for all', async () => {
    expect(await sameTokenRounds(scene, 6, 64)).toEqual([]);
    expect(await withGaps(() => sameTokenRounds(scene, 2, 64))).toEqual([]);
  });

  it('C1 would be noticed without the locks', async () => {
    expect(await withoutLocks(() => sameTokenRounds(scene, 3, 64))).not.toEqual([]);
  });

  it('C5 a thief and a victim at the same instant: one of them is reuse, and the session ends', async () => {
    expect(await repeatedly(THEFTS, () => thiefBesideVictim(scene))).toEqual([]);
    expect(await withGaps(() => repeatedly(5, () => thiefBesideVictim(scene)))).toEqual([]);
  });

  it('C5 at the same instant would be noticed without the locks: both would go on', async () => {
    expect(await withoutLocks(() => repeatedly(THEFTS, () => thiefBesideVictim(scene)))).not.toEqual([]);
  });

  it('C6 of twenty tabs that share a cookie jar: nobody is signed out, one rotation a window', async () => {
    expect(await twentyTabs(scene, 4)).toEqual([]);
    expect(await withGaps(() => twentyTabs(scene, 2))).toEqual([]);
  });

  it('C6 would be noticed without the locks', async () => {
    expect(await withoutLocks(() => twentyTabs(scene, 5))).not.toEqual([]);
  });
});
