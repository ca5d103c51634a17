import { LOGOUT, login, registerUser, send } from '../support/client.ts';
import { onMysql } from '../support/databases.ts';
import { TestRedis } from '../support/redis.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { RawSocket } from '../support/sockets.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';
import { describeWithRedis } from '../support/with-redis.ts';

/** Stands in the place of what could not be confirmed. */
const UNPROVED = { data: null, errors: [{ extensions: { code: 'UNAVAILABLE', retryAfter: 1 } }] };

describeWithRedis('with Redis, which tells of what happens at another instance', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await TestRedis.start();
  });
  afterAll(() => redis.kill());

  onMysql('I3 a database that goes away', (database) => {
    let proxy: TcpProxy;
    /** Behind the proxy. */
    let server: TestServer;
    /** Whose database does not go away. */
    let other: TestServer;
    beforeAll(async () => {
      const url = new URL(database().url);
      proxy = new TcpProxy({ host: url.hostname, port: Number(url.port || 3306) });
      url.hostname = '127.0.0.1';
      url.port = String(await proxy.open());
      server = await startTestServer({ url: url.href }, { REDIS_URL: redis.url });
      other = await startTestServer(database(), { REDIS_URL: redis.url });
    });
    afterEach(() => {
      proxy.release();
      proxy.delay = 0;
    });
    afterAll(async () => {
      await Promise.all([server.stop(), other.stop()]);
      await proxy.cut();
    });

    it('leaves sockets open, lets none be opened, and what ended meanwhile is told in the end', async () => {
      const user = await registerUser(server.url);
      const device = await login(server.url, user);
      const socket = await RawSocket.subscribed(server.url, user.accessToken);
      const ended = await RawSocket.subscribed(server.url, device.accessToken);
      proxy.hold();
      const refused = await RawSocket.connect(server.url, user.accessToken);
      expect(await refused.end()).toEqual({ code: 1013, reason: 'UNAVAILABLE' });
      await send(other.url, LOGOUT, { input: { refreshToken: device.refreshToken } });
      for (const each of [socket, ended])
        expect((await each.answer('meanwhile', '{ me { id } }'))?.payload).toMatchObject(UNPROVED);
      expect([socket.isClosed, ended.isClosed]).toEqual([false, false]);
      expect([...socket.events, ...ended.events]).toEqual([]);
      proxy.release();
      expect((await ended.end()).reason).toBe('SESSION_ENDED: LOGOUT');
      await until(async () => socket.events.length > 0);
      expect(socket.events).toMatchObject([
        { data: { mySessionEvents: { kind: 'ENDED', session: { id: device.sessionId } } } },
      ]);
      expect((await socket.answer('later', '{ me { id } }'))?.payload.data.me.id).toBe(user.userId);
      socket.drop();
    });

    it('puts an error in the place of an event whose caller it does not confirm in time', async () => {
      const user = await registerUser(server.url);
      const socket = await RawSocket.subscribed(server.url, user.accessToken);
      proxy.delay = 1_000;
      await login(other.url, user);
      await until(async () => socket.events.length > 0);
      expect(socket.events).toMatchObject([UNPROVED]);
      proxy.delay = 0;
      await login(other.url, user);
      await until(async () => socket.events.length > 1);
      expect(socket.events[1]).toMatchObject({ data: { mySessionEvents: { kind: 'BEGAN' } } });
      socket.drop();
    });
  });
});

onMysql('E1 an event that comes after the session has ended elsewhere', (database) => {
  let server: TestServer;
  let other: TestServer;
  beforeAll(async () => {
    server = await startTestServer(database());
    other = await startTestServer(database());
  });
  afterAll(() => Promise.all([server.stop(), other.stop()]));

  it('is never sent, though the feed has not told of the ending yet', async () => {
    for (let time = 0; time < 20; time += 1) {
      const user = await registerUser(server.url);
      const socket = await RawSocket.subscribed(server.url, user.accessToken);
      await send(other.url, LOGOUT, { input: { refreshToken: user.refreshToken } });
      await login(server.url, user);
      expect(await socket.end()).toEqual({ code: 4403, reason: 'SESSION_ENDED: LOGOUT' });
      expect(socket.events).toEqual([]);
    }
  });
});
