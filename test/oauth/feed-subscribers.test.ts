import { LOGOUT, registerUser, send } from '../support/client.ts';
import { idBytes, onEachDatabase, onMysql, type TestDatabase } from '../support/databases.ts';
import { FeedReader, withFeedReaders } from '../support/feed-reader.ts';
import { scrape } from '../support/metrics.ts';
import { runServer } from '../support/running.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { newService, type Service } from '../support/service.ts';
import { statementsOf } from '../support/statements.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';

async function signOut(url: string): Promise<string> {
  const { refreshToken, sessionId } = await registerUser(url);
  await send(url, LOGOUT, { input: { refreshToken } });
  return sessionId;
}

async function subscribers(server: TestServer): Promise<number | undefined> {
  return (await scrape(server)).get('portcullis_revocation_subscribers');
}

/** So many revocations in one commit, behind the server's back. */
async function revokeMany(database: TestDatabase, count: number): Promise<void> {
  const [counter] = await database.query('SELECT seq FROM feed_counter WHERE id = 1');
  const first = Number(counter?.['seq']) + 1;
  const rows = Array.from({ length: count }, (_, index) => {
    const sid = `0198b2a4-6c1e-7d3f-9a50-${(first + index).toString(16).padStart(12, '0')}`;
    return `(${first + index}, 'SESSION', X'${idBytes(sid).toString('hex')}', 'LOGOUT', 99999999999999, 1)`;
  });
  const columns = '(seq, kind, subject, reason, effective_until, created_at)';
  await database.query(`INSERT INTO revocation_feed ${columns} VALUES ${rows.join(', ')}`);
  await database.query('UPDATE feed_counter SET seq = ?', [first + count - 1]);
}

onEachDatabase('the subscribers of an instance', (database) => {
  withFeedReaders();
  const server = runServer(database);
  let service: Service;
  beforeAll(async () => {
    service = await newService(database());
  });

  it('share one poll of the feed, however many they are, and are counted', async () => {
    const first = await (await FeedReader.admitted(server().url, service)).current();
    const readers = Array.from({ length: 200 }, () => new FeedReader(server().url, service));
    for (const reader of readers) await reader.current();
    expect(await subscribers(server())).toBe(201);
    const statements = await statementsOf(async () => {
      const [gone, also] = [await signOut(server().url), await signOut(server().url)];
      for (const reader of [first, ...readers]) await reader.heard(gone, also);
    });
    expect(statements.filter(({ sql }) => sql.includes('revocation_feed f'))).toEqual([]);
    for (const reader of readers) reader.close();
    await until(async () => (await subscribers(server())) === 1);
  });

  it('that read slowly get a long snapshot piece by piece, and what happens meanwhile after it', async () => {
    await revokeMany(database(), 10_000);
    const reader = new FeedReader(server().url, service);
    await until(async () => reader.response !== undefined);
    reader.stopReading();
    const gone = await signOut(server().url);
    reader.response?.resume();
    await reader.current();
    await reader.heard(gone);
    expect(reader.events[0]).toBe('snapshot');
    expect(reader.entries.length).toBeGreaterThanOrEqual(10_000);
  });

  it('are cut off when they do not read: nothing is kept for them, and the others hear everything', async () => {
    const [slow, honest] = [new FeedReader(server().url, service), new FeedReader(server().url, service)];
    await Promise.all([slow.current(), honest.current()]);
    slow.stopReading();
    // More than the buffers of both ends of a connection hold.
    for (let round = 0; round < 40 && (await subscribers(server())) === 2; round++) {
      await revokeMany(database(), 5_000);
      const told = honest.entries.length;
      await until(async () => honest.entries.length > told);
    }
    await until(async () => (await subscribers(server())) === 1);
    const gone = await signOut(server().url);
    await honest.heard(gone);
    expect(honest.ended).toBeUndefined();
    expect(slow.hasEnded(gone)).toBe(false);
    // With what it had it comes back, in pages.
    const back = new FeedReader(server().url, service, { cursor: slow.cursor });
    await back.heard(gone);
    expect(back.events[0]).toBe('resumed');
  }, 120_000);
});

onEachDatabase('an instance that stops', (database) => {
  withFeedReaders();
  const server = runServer(database);

  it('ends its subscriptions in the regular way, and they go on elsewhere without a loss', async () => {
    const service = await newService(database());
    const [stopping, other] = [await startTestServer(database()), server()];
    const reader = await (await FeedReader.admitted(stopping.url, service)).current();
    const stopped = stopping.stop();
    const gone = await signOut(other.url);
    expect(await reader.over()).toBe('regularly');
    await stopped;
    const next = await new FeedReader(other.url, service, { cursor: reader.cursor }).current();
    await next.heard(gone);
    expect(next.events[0]).toBe(reader.cursor === undefined ? 'snapshot' : 'resumed');
  });
});

onMysql('while the database is away', (database) => {
  withFeedReaders();

  it('I3 nobody is told that they are current, newcomers hear UNAVAILABLE, and it goes on where it was', async () => {
    const url = new URL(database().url);
    const proxy = new TcpProxy({ host: url.hostname, port: Number(url.port || 3306) });
    url.host = `127.0.0.1:${await proxy.open()}`;
    const server = await startTestServer({ url: url.href });
    try {
      const service = await newService(database());
      const reader = await (await FeedReader.admitted(server.url, service)).current();
      await proxy.cut();
      const cutAt = performance.now();
      const newcomer = new FeedReader(server.url, service);
      await until(async () => newcomer.status !== undefined);
      expect(newcomer.status).toBe(503);
      expect(newcomer.response?.headers['retry-after']).toBe('1');
      expect(await reader.over()).toBe('regularly');
      const proven = reader.messages.filter(({ event }) => event === 'current').map(({ data }) => data.at);
      expect(reader.sentAt + Math.max(...proven)).toBeLessThanOrEqual(cutAt);
      await proxy.open();
      const gone = await signOut(server.url);
      const again = await FeedReader.admitted(server.url, service, { cursor: reader.cursor });
      await again.heard(gone);
    } finally {
      await server.stop();
      await proxy.cut();
    }
  });
});
