import { login, registerUser } from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { instance, runInstances } from '../support/instances.ts';
import { withGaps, withoutLocks } from '../support/sabotage.ts';
import { watchSessionUpdates } from '../support/session-updates.ts';
import { repeatedly } from './repeat.ts';
import {
  ENDINGS,
  logoutAtOnce,
  type RevocationScene,
  refreshAgainst,
  revokeAllAmong,
} from './revocation-races.ts';

// Many requests and many hashes: on a loaded machine they take a while.
jest.setTimeout(180_000);

onEachDatabase('revocations that race, at three instances where the database has several', (database) => {
  // Without a window every refresh is a rotation that writes.
  const urls = runInstances(database, { REFRESH_GRACE: '0s' });
  let scene: RevocationScene;
  beforeAll(async () => {
    await watchSessionUpdates(database());
    const account = await registerUser(instance(urls(), 0));
    const admin = await login(instance(urls(), 0));
    scene = { urls: urls(), database: database(), account, admin };
  });

  describe.each(Object.entries(ENDINGS))('C9 refreshes against %s', (_, ending) => {
    it('leave nothing usable after the acknowledgement', async () => {
      expect(await repeatedly(10, () => refreshAgainst(scene, ending))).toEqual([]);
      expect(await withGaps(() => repeatedly(3, () => refreshAgainst(scene, ending)))).toEqual([]);
    });

    it('would be noticed without the locks', async () => {
      const sabotaged = withoutLocks(() => repeatedly(50, () => refreshAgainst(scene, ending)));
      expect(await sabotaged).not.toEqual([]);
    });
  });

  it('D6 of ten logouts at once one ends the session, and the log says so once', async () => {
    expect(await repeatedly(5, () => logoutAtOnce(scene))).toEqual([]);
    expect(await withGaps(() => repeatedly(2, () => logoutAtOnce(scene)))).toEqual([]);
  });

  it('D6 ten logouts at once would be noticed without the locks', async () => {
    expect(await withoutLocks(() => repeatedly(10, () => logoutAtOnce(scene)))).not.toEqual([]);
  });

  it('E2 revokeAllForUser among 50 sessions that refresh, and logins: all dead, every time', async () => {
    expect(await revokeAllAmong(scene, 50, 5)).toEqual([]);
    expect(await withGaps(() => revokeAllAmong(scene, 50, 5))).toEqual([]);
  });

  it('E2 would be noticed without the locks', async () => {
    expect(await withoutLocks(() => repeatedly(10, () => revokeAllAmong(scene, 10, 5)))).not.toEqual([]);
  });
});
