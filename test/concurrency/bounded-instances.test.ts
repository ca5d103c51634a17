import { login, registerUser } from '../support/client.ts';
import { onMysql } from '../support/databases.ts';
import { instance, runInstances } from '../support/instances.ts';
import { TestRedis } from '../support/redis.ts';
import { ADMIN } from '../support/server.ts';
import { until } from '../support/until.ts';
import { describeWithRedis } from '../support/with-redis.ts';
import { type BoundedScene, REVOCATIONS, revokeInAnyOrder, revokeSomewhere } from './bounded-instances.ts';
import { repeatedly } from './repeat.ts';

// Many requests and many hashes: on a loaded machine they take a while.
jest.setTimeout(180_000);

function suite(scene: () => BoundedScene): void {
  it.each(Object.entries(REVOCATIONS))(
    'E1 %s is felt at once where it was acknowledged, and everywhere within the bound',
    async (_, revoke) => {
      expect(await repeatedly(3, () => revokeSomewhere(scene(), revoke))).toEqual([]);
    },
  );

  it('E2 revokeAllForUser with 50 sessions: all of them, every time', async () => {
    const { revokeAllForUser } = REVOCATIONS;
    if (revokeAllForUser === undefined) throw new Error('It is not among the revocations.');
    expect(await revokeSomewhere(scene(), revokeAllForUser, 50)).toEqual([]);
  });

  it('E3, E5 in any order the newest counts, and what begins after it lives', async () => {
    expect(await repeatedly(3, () => revokeInAnyOrder(scene()))).toEqual([]);
  });
}

async function sceneOf(urls: readonly string[]): Promise<BoundedScene> {
  await until(async () => {
    const ready = await Promise.all(urls.map((url) => fetch(`${url}/readyz`)));
    return ready.every(({ status }) => status === 200);
  });
  const account = await registerUser(instance(urls, 0));
  await login(instance(urls, 0), ADMIN);
  return { urls, account, admin: ADMIN };
}

onMysql('three instances with FRESHNESS=bounded that poll', (database) => {
  const urls = runInstances(database, { FRESHNESS: 'bounded' });
  let scene: BoundedScene;
  beforeAll(async () => {
    scene = await sceneOf(urls());
  });
  suite(() => scene);
});

describeWithRedis('with Redis,', () => {
  let redis: TestRedis;
  const env: NodeJS.ProcessEnv = { FRESHNESS: 'bounded' };
  beforeAll(async () => {
    redis = await TestRedis.start();
    env['REDIS_URL'] = redis.url;
  });
  afterAll(() => redis.kill());

  onMysql('three instances with FRESHNESS=bounded', (database) => {
    const urls = runInstances(database, env);
    let scene: BoundedScene;
    beforeAll(async () => {
      scene = await sceneOf(urls());
    });
    suite(() => scene);
  });
});
