import { createServer, type Server } from 'node:http';
import { createClient } from 'redis';
import { bearer, LOGOUT, login, registerUser, send, type Tokens } from '../support/client.ts';
import { onMysql, type TestDatabase } from '../support/databases.ts';
import { freePort } from '../support/free-port.ts';
import { TestRedis } from '../support/redis.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import { describeWithRedis } from '../support/with-redis.ts';

jest.setTimeout(120_000);

/** Milliseconds; the default of MAX_STALENESS. */
const BOUND = 2_000;
const WHO = '{ me { id } }';
const PASSWORD = 'the-password-of-redis';

/** Two instances, and a user. */
interface Scene {
  readonly first: TestServer;
  readonly second: TestServer;
  readonly user: Tokens & { readonly email: string; readonly password: string };
}

async function startScene(database: TestDatabase, redisUrl: string): Promise<Scene> {
  const env = { FRESHNESS: 'bounded', REDIS_URL: redisUrl };
  const [first, second] = [await startTestServer(database, env), await startTestServer(database, env)];
  for (const { url } of [first, second]) await until(async () => (await fetch(`${url}/readyz`)).ok);
  return { first, second, user: await registerUser(first.url) };
}

async function stopScene({ first, second }: Scene): Promise<void> {
  await Promise.all([first.stop(), second.stop()]);
}

const ask = ({ url }: TestServer, { accessToken }: Tokens) => send(url, WHO, {}, bearer(accessToken));

/** A logout at one instance, as the other one feels it. @returns what was violated */
async function logoutHolds({ first, second, user }: Scene): Promise<string[]> {
  const tokens = await login(first.url, user);
  if ((await ask(second, tokens)).refusal !== undefined) return ['refused before'];
  await send(first.url, LOGOUT, { input: { refreshToken: tokens.refreshToken } });
  const acknowledgedAt = performance.now();
  if ((await ask(first, tokens)).refusal === undefined) return ['accepted where it was acknowledged'];
  for (;;) {
    const after = performance.now() - acknowledgedAt;
    const { refusal, text } = await ask(second, tokens);
    if (refusal?.['reason'] === 'SESSION_ENDED') return [];
    // An instance that has no proof and gets none in time, on a starved machine, may say that: it accepts nothing by it.
    if (refusal !== undefined && refusal['code'] !== 'UNAVAILABLE') return [text];
    if (refusal === undefined && after > BOUND) return [`accepted ${after} ms after`];
  }
}

function said({ first }: Scene, message: RegExp): number {
  return first.log().filter(({ msg }) => message.test(String(msg))).length;
}

const DOWN = /^Redis does not work/;
const UP = /^Redis works again/;

describeWithRedis('I5 Redis', () => {
  let redis: TestRedis;
  beforeEach(async () => {
    redis = await TestRedis.start();
  });
  afterEach(() => redis.kill());

  onMysql('that fails', (database) => {
    it('I5 says that something was revoked, and not what', async () => {
      const scene = await startScene(database(), redis.url);
      const heard: [string, string][] = [];
      const listener = createClient({ url: redis.url });
      await listener.connect();
      await listener.pSubscribe('*', (message, channel) => void heard.push([message, channel]));
      expect(await logoutHolds(scene)).toEqual([]);
      const revoked = () =>
        heard.filter(([, channel]) => /^portcullis:revocations:[0-9a-f]{32}$/.test(channel));
      await until(async () => revoked().length > 0);
      for (const [message] of revoked()) expect(message).toBe('');
      // What else is said is for subscribers, and has ids alone.
      for (const [message, channel] of heard.filter((each) => !revoked().includes(each))) {
        expect(channel).toMatch(/^portcullis:sessions:[0-9a-f]{32}$/);
        expect(message).toMatch(/^[0-9a-f-]{36} (BEGAN|REFRESHED) [0-9a-f-]{36} [0-9a-f-]{36}$/);
      }
      listener.destroy();
      await stopScene(scene);
    });

    it('I5 is believed in nothing, whoever writes to it', async () => {
      const scene = await startScene(database(), redis.url);
      const { sessionId, userId } = scene.user;
      const forger = createClient({ url: redis.url });
      await forger.connect();
      const channels = await forger.pubSubChannels('portcullis:*');
      expect(channels).toHaveLength(2);
      for (const channel of channels)
        for (let turn = 0; turn < 500; turn++) {
          await forger.publish(channel, JSON.stringify({ kind: 'SESSION', sessionId, userId, turn }));
          await forger.publish(channel, `x ENDED ${userId} ${sessionId}`);
        }
      expect((await ask(scene.second, scene.user)).data).toEqual({ me: { id: userId } });
      expect(await logoutHolds(scene)).toEqual([]);
      forger.destroy();
      await stopScene(scene);
    });

    it('I5 killed and restarted: the bound holds through polling, and it is used again', async () => {
      const scene = await startScene(database(), redis.url);
      await redis.kill();
      await until(async () => said(scene, DOWN) === 1);
      for (let round = 0; round < 3; round++) expect(await logoutHolds(scene)).toEqual([]);
      expect(said(scene, DOWN)).toBe(1);
      await redis.restart();
      await until(async () => said(scene, UP) === 1);
      expect(await logoutHolds(scene)).toEqual([]);
      await stopScene(scene);
    });

    it('I5 hung: nothing waits for it, and the bound holds', async () => {
      const scene = await startScene(database(), redis.url);
      redis.signal('SIGSTOP');
      for (let round = 0; round < 3; round++) expect(await logoutHolds(scene)).toEqual([]);
      await until(async () => said(scene, DOWN) === 1);
      redis.signal('SIGCONT');
      await until(async () => said(scene, UP) === 1);
      expect(await logoutHolds(scene)).toEqual([]);
      await stopScene(scene);
    });
  });
});

onMysql('I5 what is not Redis', (database) => {
  let other: Server;
  let port: number;
  beforeAll(async () => {
    port = await freePort();
    other = createServer((_, response) => response.end('no')).listen(port, '127.0.0.1');
  });
  afterAll(() => void other.close());

  it.each([
    ['another server', () => port],
    ['nobody', freePort],
  ])(
    'I5 %s at its address: the start succeeds, the bound holds, the password is not in the log',
    async (_, at) => {
      const scene = await startScene(database(), `redis://portcullis:${PASSWORD}@127.0.0.1:${await at()}`);
      await until(async () => said(scene, DOWN) === 1);
      expect(await logoutHolds(scene)).toEqual([]);
      expect(said(scene, UP)).toBe(0);
      await stopScene(scene);
      expect(scene.first.logText()).not.toContain(PASSWORD);
    },
  );
});
