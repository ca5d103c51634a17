import { login } from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { instance, runInstances } from '../support/instances.ts';
import { withGaps, withoutLocks } from '../support/sabotage.ts';
import { ACTS, raceAgainst, type Scene } from './account-races.ts';
import { repeatedly } from './repeat.ts';

// Many requests and many hashes: on a loaded machine they take a while.
jest.setTimeout(180_000);

onEachDatabase('refreshes and logins against what is done to the account', (database) => {
  // Without a window every refresh is a rotation that writes.
  const urls = runInstances(database, { REFRESH_GRACE: '0s' });
  let scene: Scene;
  beforeAll(async () => {
    scene = { urls: urls(), admin: await login(instance(urls(), 0)) };
  });

  describe.each(Object.entries(ACTS))('C9 E5 E9 %s', (_, act) => {
    it('nothing that was issued before is usable after the acknowledgement', async () => {
      expect(await repeatedly(3, () => raceAgainst(scene, act))).toEqual([]);
      expect(await withGaps(() => repeatedly(2, () => raceAgainst(scene, act)))).toEqual([]);
    });
  });

  // The state of the account is read with every token, so that a session that slips through a suspension or a deletion
  // is dead until the account comes back: a deleted one never does.
  const TEETH = Object.entries(ACTS).filter(([name]) => /changePassword|SUSPENDED/.test(name));

  it.each(TEETH)('C9 %s would be noticed without the locks', async (_, act) => {
    expect(await withoutLocks(() => repeatedly(60, () => raceAgainst(scene, act)))).not.toEqual([]);
  });
});
