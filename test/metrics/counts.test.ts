import { setTimeout as sleep } from 'node:timers/promises';
import { SET_ROLES, USER } from '../support/administration.ts';
import {
  bearer,
  LOGIN,
  LOGOUT,
  login,
  ME,
  REVOKE_OTHERS,
  REVOKE_SESSION,
  refreshWith,
  registerUser,
  send,
  tokensOf,
} from '../support/client.ts';
import { growth, scrape } from '../support/metrics.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { until } from '../support/until.ts';

/** A query that this instance may answer by what it knows itself. */
const WHO = '{ me { id } }';

const unused = '018f3c5e-7d2a-7b41-9c3d-0000000000ff';

onSqlite('the metrics count exactly what was sent', (database) => {
  const server = runServer(database, {
    METRICS_PORT: '0',
    FRESHNESS: 'bounded',
    MAX_STALENESS: '1s',
    LOGIN_THROTTLE: 'on',
    LOGIN_LIMIT_ADDRESS: '1000',
  });
  const url = () => server().url;
  const grown = (metric: string, work: () => Promise<unknown>) =>
    growth(server(), `portcullis_${metric}`, work);
  const gauge = async (name: string) => (await scrape(server())).get(`portcullis_${name}`);

  beforeAll(() => until(async () => (await gauge('ready{check="feed"}')) === 1));

  it('root fields by outcome, also of those that are aliased, nested, skipped or refused', async () => {
    const { accessToken } = await registerUser(url());
    const as = bearer(accessToken);
    const fields = await grown('graphql_fields_total', async () => {
      await send(url(), WHO, {}, as);
      await send(url(), '{ a: me { id } b: me { id } ...F } fragment F on Query { me { id } }', {}, as);
      await send(url(), '{ me { id } __typename @skip(if: true) }', {}, as);
      await send(url(), '{ mySessions { id } ...F } fragment F on Query { ... { me { id } } }');
      await send(url(), USER, { id: unused }, as);
      await send(url(), '{ no { such } }', {}, as);
      await send(url(), '{ me { id ', {}, as);
      await send(url(), 'query ($first: Int!) { mySessions(first: $first) { id } }', { first: 'one' }, as);
      await fetch(`${url()}/graphql?query={me{id}}`);
    });
    expect(fields).toEqual({
      'me ok': 5,
      'me UNAUTHENTICATED': 1,
      'mySessions UNAUTHENTICATED': 1,
      'mySessions BAD_USER_INPUT': 1,
      'user FORBIDDEN': 1,
      'none GRAPHQL_VALIDATION_FAILED': 1,
      'none GRAPHQL_PARSE_FAILED': 1,
      'none BAD_REQUEST': 1,
    });
  });

  it('HTTP requests by route, method and class of the status, and how long they took', async () => {
    const work = async () => {
      await send(url(), WHO);
      await send(url(), '{ me ');
      await fetch(`${url()}/livez`);
      await fetch(`${url()}/livez`, { method: 'HEAD' });
      await fetch(`${url()}/livez`, { method: 'PURGE' });
      await fetch(`${url()}/wp-admin/${unused}`);
    };
    const durations = growth(server(), 'portcullis_http_request_duration_seconds_count', work);
    expect(await durations).toEqual({ '/graphql': 2, '/livez': 3, other: 1 });
    expect(await grown('http_requests_total', work)).toEqual({
      '/graphql POST 2xx': 1,
      '/graphql POST 4xx': 1,
      '/livez GET 2xx': 1,
      '/livez HEAD 2xx': 1,
      '/livez _OTHER 4xx': 1,
      'other GET 4xx': 1,
    });
    expect(await grown('http_request_duration_seconds_bucket', work)).toMatchObject({ '10 /livez': 3 });
    expect(await grown('http_request_duration_seconds_sum', work)).toMatchObject({
      '/livez': expect.any(Number),
    });
  });

  it('checks of who calls, by how they ended', async () => {
    const [ended, stale, honest] = [
      await registerUser(url()),
      await registerUser(url()),
      await registerUser(url()),
    ];
    await send(url(), LOGOUT, { input: { refreshToken: ended.refreshToken } });
    const admin = bearer((await login(url())).accessToken);
    await send(url(), SET_ROLES, { userId: stale.userId, roles: ['USER', 'ADMIN'] }, admin);
    const as = bearer(honest.accessToken);
    const checks = await grown('guard_checks_total', async () => {
      await send(url(), WHO, {}, as);
      // One check by this instance, then one by the database, for what the token does not say.
      await send(url(), ME, {}, as);
      await send(
        url(),
        `mutation { a: revokeOtherSessions { revokedCount } b: revokeOtherSessions { revokedCount } }`,
        {},
        as,
      );
      await send(url(), WHO);
      await send(url(), WHO, {}, bearer('rubbish'));
      await send(url(), REVOKE_OTHERS, {}, bearer(ended.accessToken));
      await send(url(), WHO, {}, bearer(stale.accessToken));
    });
    expect(checks).toEqual({ known: 2, confirmed: 3, MISSING: 1, INVALID: 1, SESSION_ENDED: 1, STALE: 1 });
  });

  it('a check that failed for a fault of the server, and what it answered', async () => {
    const { accessToken } = await registerUser(url());
    const ask = () => send(url(), REVOKE_OTHERS, {}, bearer(accessToken));
    await database().query('ALTER TABLE signing_key_epoch RENAME TO hidden');
    const checks = await grown('guard_checks_total', ask);
    const fields = await grown('graphql_fields_total', ask);
    await database().query('ALTER TABLE hidden RENAME TO signing_key_epoch');
    expect(checks).toEqual({ failed: 1 });
    expect(fields).toEqual({ 'revokeOtherSessions INTERNAL_SERVER_ERROR': 1 });
    expect((await ask()).errors).toBeUndefined();
  });

  it('fields that a proven caller was kept from', async () => {
    const { accessToken } = await registerUser(url());
    const admin = await login(url());
    await database().age(admin.sessionId, 3_600_000);
    const late = tokensOf(await refreshWith(url(), admin.refreshToken), 'refresh');
    const denials = await grown('guard_denials_total', async () => {
      await send(url(), USER, { id: unused }, bearer(accessToken));
      await send(url(), SET_ROLES, { userId: unused, roles: ['USER'] }, bearer(late.accessToken));
    });
    expect(denials).toEqual({ FORBIDDEN: 1, REAUTHENTICATION_REQUIRED: 1 });
  });

  it('the sessions of each batch, and the batches', async () => {
    const users = await Promise.all([1, 2, 3, 4].map(() => registerUser(url())));
    const askAll = () =>
      Promise.all(users.map(({ accessToken }) => send(url(), REVOKE_OTHERS, {}, bearer(accessToken))));
    expect(await grown('guard_batch_size_sum', askAll)).toEqual({ '': 4 });
    const askTwice = async () => {
      await askAll();
      await send(url(), REVOKE_OTHERS, {}, bearer(users[0]?.accessToken ?? ''));
    };
    const batches = await grown('guard_batch_size_count', askTwice);
    expect(batches['']).toBeGreaterThanOrEqual(2);
    expect(batches['']).toBeLessThanOrEqual(5);
    const timed = await grown('guard_batch_duration_seconds_count', askTwice);
    expect(timed['']).toBeGreaterThanOrEqual(2);
  });

  it('refreshes by verdict, and the sessions that ended by reason', async () => {
    const user = await registerUser(url());
    const ends = await grown('sessions_ended_total', async () => {
      const refreshes = await grown('refreshes_total', async () => {
        const second = tokensOf(await refreshWith(url(), user.refreshToken), 'refresh');
        await refreshWith(url(), user.refreshToken);
        await database().age(user.sessionId, 60_000);
        await refreshWith(url(), second.refreshToken);
        await refreshWith(url(), user.refreshToken);
        await refreshWith(url(), user.refreshToken);
        await refreshWith(url(), 'pr1_rubbish');
      });
      expect(refreshes).toEqual({ ROTATED: 2, REPLAYED: 1, REUSED: 1 });
      const { accessToken, sessionId } = await login(url(), user);
      await send(url(), REVOKE_SESSION, { id: sessionId }, bearer(accessToken));
    });
    expect(ends).toEqual({ REFRESH_TOKEN_REUSE: 1, REVOKED_BY_USER: 1 });
  });

  it('events of the security log, and what was throttled', async () => {
    const user = await registerUser(url());
    const input = { email: user.email, password: 'not the right one', transport: 'BODY' };
    let throttled: Record<string, number> = {};
    const events = await grown('security_events_total', async () => {
      const { refreshToken } = await login(url(), user);
      await send(url(), LOGOUT, { input: { refreshToken } });
      throttled = await grown('login_throttled_total', async () => {
        for (let failure = 1; failure <= 5; failure++) await send(url(), LOGIN, { input });
      });
    });
    const [bucket = ''] = Object.keys(throttled);
    expect(throttled).toEqual({ [bucket]: 1 });
    expect(bucket).toMatch(/^(account|known address)$/);
    expect(events).toEqual({ LOGIN_SUCCEEDED: 1, SESSION_ENDED: 1, LOGIN_FAILED: 5, LOGIN_THROTTLED: 1 });
    const refused = await grown('graphql_fields_total', () => send(url(), LOGIN, { input }));
    expect(refused).toEqual({ 'login RATE_LIMITED': 1 });
  });

  it('tokens that were found in the cache, and those that were verified', async () => {
    const { accessToken } = await registerUser(url());
    const lookups = await grown('token_cache_lookups_total', async () => {
      for (let request = 1; request <= 3; request++) await send(url(), WHO, {}, bearer(accessToken));
    });
    expect(lookups).toEqual({ miss: 1, hit: 2 });
    const before = await gauge('token_cache_entries');
    await send(url(), WHO, {}, bearer((await registerUser(url())).accessToken));
    expect(await gauge('token_cache_entries')).toBe((before ?? Number.NaN) + 1);
  });

  it('revocations that are remembered, the age of what is known, and readiness', async () => {
    const [user, denied] = [await registerUser(url()), await gauge('denylist_entries')];
    await send(url(), LOGOUT, { input: { refreshToken: user.refreshToken } });
    expect(await gauge('denylist_entries')).toBe((denied ?? Number.NaN) + 1);
    expect(await gauge('feed_lag_entries')).toBe(0);

    await database().query('ALTER TABLE feed_counter RENAME TO hidden');
    const from = Date.now();
    await until(async () => (await gauge('ready{check="feed"}')) === 0);
    const [age = 0, passed] = [await gauge('feed_age_seconds'), (Date.now() - from) / 1000];
    await database().query('ALTER TABLE hidden RENAME TO feed_counter');
    // MAX_STALENESS is a second; the last proof was a moment before the table was hidden.
    expect(age).toBeGreaterThan(1);
    expect(age).toBeLessThan(passed + 5);
    await until(async () => (await gauge('ready{check="feed"}')) === 1);
    expect(await gauge('feed_age_seconds')).toBeLessThan(1);
    expect(await gauge('ready{check="database"}')).toBe(1);
  });

  it('transactions that wait for one another in the process', async () => {
    const users = await Promise.all([1, 2, 3].map(() => registerUser(url())));
    expect(await gauge('transactions_waiting')).toBe(0);
    await database().query('BEGIN IMMEDIATE');
    const answers = users.map(({ refreshToken }) => refreshWith(url(), refreshToken));
    // Writing down how many were active may wait with them.
    await until(async () => Number(await gauge('transactions_waiting')) >= 2);
    await database().query('COMMIT');
    for (const answer of await Promise.all(answers)) expect(answer.errors).toBeUndefined();
    await until(async () => (await gauge('transactions_waiting')) === 0);
  });

  it('passwords that are hashed, those that wait, and open connections', async () => {
    const before = (await gauge('http_connections')) ?? Number.NaN;
    let isSeen = false;
    const keepTrying = async (name: string) => {
      const input = { email: `${name}@example.com`, password: 'not the right one' };
      while (!isSeen) await send(url(), LOGIN, { input });
    };
    const clients = Array.from({ length: 20 }, (_, index) => keepTrying(`nobody-${index}`));
    await until(async () => {
      const samples = await scrape(server());
      const [queued = 0, active = 0, connections = 0] = [
        samples.get('portcullis_hashing_queued'),
        samples.get('portcullis_hashing_active'),
        samples.get('portcullis_http_connections'),
      ];
      isSeen = queued > 0 && active > 0 && connections > before;
      return isSeen;
    }).finally(() => {
      isSeen = true;
    });
    await Promise.all(clients);
    const idle = await scrape(server());
    expect(idle.get('portcullis_hashing_queued')).toBe(0);
    expect(idle.get('portcullis_hashing_active')).toBe(0);
  });

  it('the process: event loop, memory, processor, garbage collection', async () => {
    const busy = performance.now() + 300;
    await scrape(server());
    await sleep(20);
    while (performance.now() < busy);
    await sleep(20);
    const samples = await scrape(server());
    expect(samples.get('nodejs_eventloop_lag_max_seconds')).toBeGreaterThan(0.1);
    expect(samples.get('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
    expect(samples.get('nodejs_eventloop_lag_p50_seconds')).toBeGreaterThan(0);
    expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
    expect(samples.get('nodejs_heap_size_used_bytes')).toBeGreaterThan(1_000_000);
    expect(samples.get('nodejs_heap_size_total_bytes')).toBeGreaterThan(1_000_000);
    expect(samples.get('nodejs_external_memory_bytes')).toBeGreaterThan(0);
    expect(samples.get('process_cpu_seconds_total')).toBeGreaterThan(0.1);
    expect(samples.get('process_start_time_seconds')).toBeLessThan(Date.now() / 1000);
    expect(samples.get('process_start_time_seconds')).toBeGreaterThan(Date.now() / 1000 - 86_400);
    const collections = [...samples].filter(([series]) =>
      series.startsWith('nodejs_gc_duration_seconds_count'),
    );
    expect(collections.reduce((sum, [, count]) => sum + count, 0)).toBeGreaterThan(0);
  });
});
