import { createClient } from 'redis';
import { CHANGE_PASSWORD, DELETE_USER, SET_ROLES, SET_STATUS } from '../support/administration.ts';
import {
  bearer,
  LOGOUT,
  login,
  REVOKE_ALL,
  REVOKE_OTHERS,
  REVOKE_SESSION,
  refreshWith,
  registerUser,
  send,
  type Tokens,
  tokensOf,
} from '../support/client.ts';
import { onEachDatabase, onMysql, type TestDatabase } from '../support/databases.ts';
import { instance, runInstances } from '../support/instances.ts';
import { TestRedis } from '../support/redis.ts';
import { RawSocket } from '../support/sockets.ts';
import { until } from '../support/until.ts';
import { describeWithRedis } from '../support/with-redis.ts';

const ROTATE = 'mutation { rotateSigningKey(revokePrevious: true) { id } }';

interface Scene {
  readonly url: string;
  readonly user: Tokens & { readonly email: string; readonly password: string };
  /** The session that ends, on another device of the user's. */
  readonly device: Tokens;
  readonly admin: Tokens;
}

type Act = (scene: Scene) => ReturnType<typeof send>;

const by = ({ accessToken }: Tokens) => bearer(accessToken);

/** What ends a device, and the reason that its sockets are closed with. */
const ENDINGS: readonly (readonly [reason: string, act: Act])[] = [
  ['LOGOUT', ({ url, device }) => send(url, LOGOUT, { input: { refreshToken: device.refreshToken } })],
  [
    'REVOKED_BY_USER',
    ({ url, user, device }) => send(url, REVOKE_SESSION, { id: device.sessionId }, by(user)),
  ],
  ['REVOKED_BY_USER', ({ url, user }) => send(url, REVOKE_OTHERS, {}, by(user))],
  ['REVOKED_BY_ADMIN', ({ url, user, admin }) => send(url, REVOKE_ALL, { userId: user.userId }, by(admin))],
  [
    'PASSWORD_CHANGED',
    ({ url, user }) =>
      send(
        url,
        CHANGE_PASSWORD,
        { input: { currentPassword: user.password, newPassword: 'vexing plumb quartz' } },
        by(user),
      ),
  ],
  [
    'USER_SUSPENDED',
    ({ url, user, admin }) => send(url, SET_STATUS, { userId: user.userId, status: 'SUSPENDED' }, by(admin)),
  ],
  ['USER_DELETED', ({ url, user, admin }) => send(url, DELETE_USER, { userId: user.userId }, by(admin))],
];

function closesSockets(database: () => TestDatabase, env: NodeJS.ProcessEnv = {}): void {
  const urls = runInstances(database, env);
  const at = (turn: number) => instance(urls(), turn);
  let admin: Tokens;
  beforeAll(async () => {
    admin = await login(at(0));
  });

  async function scene(): Promise<Scene> {
    const user = await registerUser(at(0));
    return { url: at(1), user, device: await login(at(0), user), admin };
  }

  const everywhere = ({ accessToken }: Tokens) =>
    Promise.all([0, 1, 2].map((turn) => RawSocket.subscribed(at(turn), accessToken)));

  it.each(ENDINGS)('E1, E9 with %s', async (reason, act) => {
    const played = await scene();
    const [ended, bystanders] = [
      await everywhere(played.device),
      await everywhere(await registerUser(at(0))),
    ];
    const answer = await act(played);
    expect(answer.errors).toBeUndefined();
    for (const socket of ended)
      expect(await socket.end()).toEqual({ code: 4403, reason: `SESSION_ENDED: ${reason}` });
    // Not even of its own end.
    expect(ended.flatMap(({ events }) => events)).toEqual([]);
    for (const socket of bystanders) {
      expect((await socket.answer('after', '{ me { id } }'))?.type).toBe('next');
      expect(socket.events).toEqual([]);
      socket.drop();
    }
  });

  it('C2 with REFRESH_TOKEN_REUSE, which its owner’s other devices hear of as nobody’s doing', async () => {
    const { url, user, device } = await scene();
    const [ended, others] = [await everywhere(device), await everywhere(user)];
    const second = tokensOf(await refreshWith(url, device.refreshToken), 'refresh');
    const third = tokensOf(await refreshWith(url, second.refreshToken), 'refresh');
    await database().age(device.sessionId, 31_000);
    await refreshWith(url, third.refreshToken);
    await refreshWith(url, device.refreshToken);
    for (const socket of ended)
      expect((await socket.end()).reason).toBe('SESSION_ENDED: REFRESH_TOKEN_REUSE');
    for (const socket of others) {
      const last = () => socket.events.at(-1)?.data.mySessionEvents;
      await until(async () => last()?.kind === 'ENDED');
      expect(last()).toMatchObject({ actor: 'SYSTEM', session: { id: device.sessionId } });
      socket.drop();
    }
  });

  it('E4 with STALE when a role changed, while the session lives', async () => {
    const { url, user } = await scene();
    const sockets = await everywhere(user);
    await send(url, SET_ROLES, { userId: user.userId, roles: ['USER', 'ADMIN'] }, by(admin));
    for (const socket of sockets) expect(await socket.end()).toEqual({ code: 4403, reason: 'STALE' });
    const refreshed = tokensOf(await refreshWith(url, user.refreshToken), 'refresh');
    const socket = await RawSocket.subscribed(url, refreshed.accessToken);
    expect(socket.isClosed).toBe(false);
    socket.drop();
  });

  it('tells the others who ended it: ADMIN for an admin and SELF for oneself', async () => {
    const { url, user, device } = await scene();
    const own = await everywhere(user);
    await send(url, REVOKE_SESSION, { id: device.sessionId }, by(user));
    const second = await login(url, user);
    await send(url, REVOKE_SESSION, { id: second.sessionId }, by(admin));
    for (const socket of own) {
      const endings = () =>
        socket.events.map(({ data }) => data.mySessionEvents).filter(({ kind }) => kind === 'ENDED');
      await until(async () => endings().length === 2);
      expect(endings().map(({ actor, session }) => [actor, session.endReason])).toEqual([
        ['SELF', 'REVOKED_BY_USER'],
        ['ADMIN', 'REVOKED_BY_ADMIN'],
      ]);
      socket.drop();
    }
  });

  // The last one, since every token before it is worth nothing after it.
  it('with STALE when the key of the token was revoked', async () => {
    const { url, user } = await scene();
    const sockets = await everywhere(user);
    await send(url, ROTATE, {}, by(admin));
    for (const socket of sockets) expect(await socket.end()).toEqual({ code: 4403, reason: 'STALE' });
    const refreshed = tokensOf(await refreshWith(url, user.refreshToken), 'refresh');
    expect((await RawSocket.connect(url, refreshed.accessToken)).messages).toEqual([
      { type: 'connection_ack' },
    ]);
  });
}

onEachDatabase('an ending closes the sockets of a session on every instance', (database) =>
  closesSockets(database),
);

onMysql('likewise with FRESHNESS=bounded', (database) => closesSockets(database, { FRESHNESS: 'bounded' }));

describeWithRedis('with Redis', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await TestRedis.start();
  });
  afterAll(() => redis.kill());

  onMysql('instances', (database) => {
    const env: NodeJS.ProcessEnv = {};
    beforeAll(() => {
      env['REDIS_URL'] = redis.url;
    });
    const urls = runInstances(database, env);

    it('tell one another of sessions that begin and are refreshed, without touching the feed', async () => {
      const user = await registerUser(instance(urls(), 0));
      const sockets = await Promise.all(urls().map((url) => RawSocket.subscribed(url, user.accessToken)));
      const counter = () => database().query('SELECT seq FROM feed_counter');
      const before = await counter();
      // Until Redis is connected everywhere, hints go nowhere.
      await until(async () => {
        const device = await login(instance(urls(), 0), user);
        await refreshWith(instance(urls(), 1), device.refreshToken);
        return sockets.every(({ events }) =>
          ['BEGAN', 'REFRESHED'].every((kind) =>
            events.some(({ data }) => data.mySessionEvents.kind === kind),
          ),
        );
      });
      expect(await counter()).toEqual(before);
      for (const socket of sockets) {
        const told = socket.events.map(
          ({ data: { mySessionEvents: event } }) => `${event.kind} ${event.session.id}`,
        );
        expect(new Set(told).size).toBe(told.length);
        socket.drop();
      }
    });

    it('tell nobody of another’s session, whoever writes to Redis', async () => {
      const [user, stranger] = [
        await registerUser(instance(urls(), 0)),
        await registerUser(instance(urls(), 0)),
      ];
      const [own, foreign] = [
        await RawSocket.subscribed(instance(urls(), 0), user.accessToken),
        await RawSocket.subscribed(instance(urls(), 0), stranger.accessToken),
      ];
      const forger = createClient({ url: redis.url });
      await forger.connect();
      const forge = async (hint: string) => {
        for (const channel of await forger.pubSubChannels('portcullis:sessions:*'))
          await forger.publish(channel, `x ${hint}`);
      };
      await forge(`BEGAN ${stranger.userId} ${user.sessionId}`);
      await forge(`ENDED ${user.userId} ${user.sessionId}`);
      // What is true of one's own session may be told once more; a hint is lost where another one is being looked up.
      await until(async () => {
        await forge(`REFRESHED ${user.userId} ${user.sessionId}`);
        return own.events.some(({ data }) => data.mySessionEvents.kind === 'REFRESHED');
      });
      expect(own.events.filter(({ data }) => data.mySessionEvents.kind === 'ENDED')).toEqual([]);
      await foreign.answer('later', '{ me { id } }');
      expect(foreign.events).toEqual([]);
      forger.destroy();
      for (const socket of [own, foreign]) socket.drop();
    });

    it('E1 close the sockets of an ended session', async () => {
      const user = await registerUser(instance(urls(), 0));
      const sockets = await Promise.all(urls().map((url) => RawSocket.subscribed(url, user.accessToken)));
      await send(instance(urls(), 2), LOGOUT, { input: { refreshToken: user.refreshToken } });
      for (const socket of sockets) expect((await socket.end()).reason).toBe('SESSION_ENDED: LOGOUT');
    });
  });
});
