import { createPool } from 'mysql2/promise';
import { FollowedRevocations } from '../../src/revocation/followed-revocations.ts';
import type { FeedEntry } from '../../src/revocation/revocation.ts';
import { bearer, ME, refreshWith, registerUser, send } from '../support/client.ts';
import { onMysql } from '../support/databases.ts';
import { growth, scrape } from '../support/metrics.ts';
import { runServer } from '../support/running.ts';
import { until } from '../support/until.ts';

/** Connections of an instance: see `createDataSource`. */
const POOL = 16;

onMysql('the metrics of the pool', (database) => {
  const server = runServer(database, { METRICS_PORT: '0' });
  const url = () => server().url;
  const gauge = async (name: string) => (await scrape(server())).get(`portcullis_pool_${name}`) ?? Number.NaN;
  const busy = async () => (await gauge('connections')) - (await gauge('idle_connections'));

  it('show connections in use, and requests that wait for one', async () => {
    const users = await Promise.all(Array.from({ length: POOL + 2 }, () => registerUser(url())));
    await until(async () => (await busy()) === 0);
    const open = await gauge('connections');
    expect(open).toBeGreaterThanOrEqual(1);
    expect(open).toBeLessThanOrEqual(POOL);

    const other = createPool({ uri: database().url, connectionLimit: 1 });
    const holder = await other.getConnection();
    await holder.beginTransaction();
    await holder.query('SELECT id FROM users FOR UPDATE');
    const [first, ...rest] = users;
    const answers = [refreshWith(url(), first?.refreshToken ?? '')];
    try {
      await until(async () => (await busy()) === 1);
      expect(await gauge('waiting')).toBe(0);
      answers.push(...rest.map(({ refreshToken }) => refreshWith(url(), refreshToken)));
      await until(async () => (await gauge('waiting')) >= 2);
      expect(await gauge('connections')).toBe(POOL);
      expect(await gauge('idle_connections')).toBe(0);
    } finally {
      await holder.rollback();
      holder.release();
      await other.end();
    }
    for (const answer of await Promise.all(answers)) expect(answer.errors).toBeUndefined();
    await until(async () => (await busy()) === 0 && (await gauge('waiting')) === 0);
  });

  it('are beside those of the guard, which asks the database', async () => {
    const { accessToken } = await registerUser(url());
    const ask = () => send(url(), ME, {}, bearer(accessToken));
    expect(await growth(server(), 'portcullis_guard_checks_total', ask)).toEqual({ confirmed: 1 });
    expect(await growth(server(), 'portcullis_guard_batch_size_sum', ask)).toEqual({ '': 1 });
    const feed = [...(await scrape(server())).keys()].filter((series) => /_feed_|denylist/.test(series));
    expect(feed).toEqual([]);
  });
});

it('the lag of the feed is what is still to be read', async () => {
  const entry = (sequence: number): FeedEntry => ({
    kind: 'KEYS',
    epoch: sequence,
    sequence,
    createdAt: 1,
    effectiveUntil: 10,
  });
  let answerNext: () => void = () => undefined;
  const next = new Promise<void>((resolve) => {
    answerNext = resolve;
  });
  const pages = [
    { head: 5, now: 1, entries: [entry(1), entry(2)], isFull: true },
    { head: 5, now: 1, entries: [2, 3, 4, 5].map(entry), isFull: false },
  ];
  let reads = 0;
  const read = async () => {
    reads += 1;
    if (reads === 2) await next;
    return pages[reads - 1] ?? { head: 5, now: 1, entries: [entry(5)], isFull: false };
  };
  const listener = { onFailure: () => undefined, onRecovery: () => undefined };
  const source = { read, close: async () => undefined };
  const followed = new FollowedRevocations({ source, maxStaleness: 2_000, keys: { epoch: 1 }, listener });
  expect(followed.standing).toEqual({ age: Number.POSITIVE_INFINITY, lag: 0, entries: 0 });
  followed.start();
  await until(async () => reads === 2);
  expect(followed.standing).toMatchObject({ age: Number.POSITIVE_INFINITY, lag: 3 });
  answerNext();
  await until(async () => followed.isFresh);
  expect(followed.standing).toMatchObject({ lag: 0 });
  await followed.stop();
});
