import { login, registerUser, type Tokens } from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { instance, runInstances } from '../support/instances.ts';
import { withGaps, withoutLocks } from '../support/sabotage.ts';
import { repeatedly } from './repeat.ts';
import { loginBesideRevocation, type RevocationScene } from './revocation-races.ts';

// Many requests and many hashes: on a loaded machine they take a while.
jest.setTimeout(180_000);

onEachDatabase('logins within the millisecond of a revocation', (database) => {
  const urls = runInstances(database);
  const scenes: RevocationScene[] = [];
  beforeAll(async () => {
    const admin = await login(instance(urls(), 0));
    for (let user = 0; user < 4; user++) {
      const account = await registerUser(instance(urls(), user));
      scenes.push({ urls: urls(), database: database(), account, admin });
    }
  });

  /** Two logins a round, of four users beside one another. */
  async function logins(count: number): Promise<string[]> {
    const found = await Promise.all(scenes.map((scene) => chain(scene, count / scenes.length / 2)));
    return found.flat();
  }

  async function chain(scene: RevocationScene, rounds: number): Promise<string[]> {
    let old: Tokens = await login(instance(urls(), 0), scene.account);
    return repeatedly(rounds, async () => {
      const { violations, next } = await loginBesideRevocation(scene, old);
      old = next;
      return violations;
    });
  }

  it('E5 live or die whole, again and again: the new lives, the old dies', async () => {
    // A login costs its hash: a thousand of them are RACES=5. SQLite, whose writers stand in one line, needs fewer.
    expect(await logins(database().kind === 'mysql' ? 200 : 80)).toEqual([]);
    expect(await withGaps(() => logins(40))).toEqual([]);
  });

  it('E5 would be noticed without the locks: sessions whose first token is untrue already', async () => {
    expect(await withoutLocks(() => logins(400))).not.toEqual([]);
  });
});
