import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { insertEvents, insertSessions, insertUsers } from '../support/bulk-rows.ts';
import { bearer, LOGOUT, login, ME, refreshWith, registerUser, send } from '../support/client.ts';
import { idBytes, onEachDatabase, onMysql } from '../support/databases.ts';
import { instance, runInstances } from '../support/instances.ts';
import { ageKeys, ROTATE_KEY } from '../support/keys.ts';
import { runServer } from '../support/running.ts';
import { statementsOf } from '../support/statements.ts';
import { counters, guess, passTime, THROTTLED } from '../support/throttle.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The shorter retention gives the interval, so that these servers purge every second. */
const SESSIONS_FOR_AN_HOUR = { SESSION_RETENTION: '1h', AUDIT_RETENTION: '1s' };
const EVENTS_FOR_AN_HOUR = { SESSION_RETENTION: '1s', AUDIT_RETENTION: '1h' };

/** Waits for what must come; what does not come within ten seconds does not come any more. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 10_000; !(await condition()); await sleep(50)) {
    if (Date.now() > end) throw new Error('What was waited for did not come.');
  }
}

onEachDatabase('the purge of sessions', (database) => {
  const server = runServer(database, SESSIONS_FOR_AN_HOUR);
  const exists = async (id: string) =>
    (await database().query('SELECT id FROM sessions WHERE id = ?', [idBytes(id)])).length === 1;
  const gone = (ids: readonly string[]) =>
    until(async () => (await Promise.all(ids.map(exists))).every((there) => !there));

  /** A session that had its end, as its client would meet it. */
  async function endedSession(ago: number) {
    const user = await registerUser(server().url);
    await send(server().url, LOGOUT, { input: { refreshToken: user.refreshToken } });
    await database().age(user.sessionId, ago);
    return user;
  }

  it('takes what ended longer ago than the retention; its client is then as unknown as any', async () => {
    const user = await endedSession(HOUR + 5_000);
    await gone([user.sessionId]);
    const invalid = { code: 'UNAUTHENTICATED', reason: 'INVALID' };
    expect((await refreshWith(server().url, user.refreshToken)).refusal).toEqual(invalid);
    expect((await send(server().url, ME, {}, bearer(user.accessToken))).refusal).toEqual(invalid);
    await login(server().url, user);
  });

  it('leaves what ended within it: a dead client that proves its token learns why', async () => {
    const [user, marker] = [await endedSession(HOUR - 60_000), await endedSession(HOUR + 5_000)];
    await gone([marker.sessionId]);
    const late = await refreshWith(server().url, user.refreshToken);
    expect(late.refusal).toMatchObject({ reason: 'SESSION_ENDED', endReason: 'LOGOUT' });
    const bearerToo = await send(server().url, ME, {}, bearer(user.accessToken));
    expect(bearerToo.refusal).toMatchObject({ reason: 'SESSION_ENDED', endReason: 'LOGOUT' });
  });

  it('judges those that nobody ended by their absolute lifetime, and never takes a live one, however old', async () => {
    const [owner] = (await insertUsers(database(), 1)) as [string];
    const now = Date.now();
    const rows = [
      { idle_expires_at: now - 2 * HOUR, expires_at: now - HOUR - 5_000 },
      { idle_expires_at: now - 2 * HOUR, expires_at: now - HOUR + 60_000 },
      { idle_expires_at: now - 30 * DAY, expires_at: now + 1_000_000 },
      { idle_expires_at: now + DAY, expires_at: now + DAY },
    ];
    const [expired, recent, idle, alive] = (await insertSessions(
      database(),
      rows.map(() => owner),
      (index) => ({
        created_at: now - 3_650 * DAY,
        last_seen_at: now - 3_650 * DAY,
        authenticated_at: now - 3_650 * DAY,
        ...rows[index],
      }),
    )) as [string, string, string, string];
    const user = await registerUser(server().url);
    await gone([expired]);
    await sleep(1_200);
    expect(await Promise.all([recent, idle, alive].map(exists))).toEqual([true, true, true]);
    expect((await send(server().url, ME, {}, bearer(user.accessToken))).errors).toBeUndefined();
    expect((await refreshWith(server().url, user.refreshToken)).errors).toBeUndefined();
  });

  it('goes in batches that hold no lock for long', async () => {
    const [owner] = (await insertUsers(database(), 1)) as [string];
    const statements = await statementsOf(async () => {
      const ended = { ended_at: Date.now() - 2 * HOUR, end_reason: 'LOGOUT' };
      const ids = await insertSessions(database(), Array(1_300).fill(owner), () => ended);
      await gone(ids.slice(-1));
      await gone(ids.slice(0, 1));
    });
    const deletes = statements.filter(({ sql }) => /^DELETE.* sessions /.test(sql) && /ended_at/.test(sql));
    expect(deletes.length).toBeGreaterThanOrEqual(3);
    for (const { sql } of deletes) expect(sql).toContain('LIMIT 500');
  });
});

onEachDatabase('the purge of signing keys', (database) => {
  const server = runServer(database, SESSIONS_FOR_AN_HOUR);
  const kids = async () =>
    (await database().query('SELECT id FROM signing_keys')).map(({ id }) => String(id));

  it('takes a key when its last token is past, not before, and never the one that signs', async () => {
    const first = await kids();
    const { accessToken } = await login(server().url);
    const rotated = await send(server().url, ROTATE_KEY, { revokePrevious: true }, bearer(accessToken));
    const signing = rotated.data.rotateSigningKey.id;
    await ageKeys(database(), HOUR);
    await sleep(2_500);
    expect((await kids()).sort()).toEqual([...first, signing].sort());
    await ageKeys(database(), 5_000);
    await until(async () => (await kids()).length === 1);
    expect(await kids()).toEqual([signing]);
    await ageKeys(database(), 365 * DAY);
    const { accessToken: later } = await login(server().url);
    expect((await send(server().url, ME, {}, bearer(later))).errors).toBeUndefined();
  });
});

onEachDatabase('the purge of the counts of activity', (database) => {
  runServer(database, SESSIONS_FOR_AN_HOUR);

  it('takes the hours of more than a week ago, and leaves the rest', async () => {
    const now = Math.floor(Date.now() / HOUR) * HOUR;
    const ages = [0, 1, 24, 167, 169, 170, 1_000];
    for (const kind of ['LOGIN', 'REFRESH'])
      for (const age of ages)
        await database().query('INSERT INTO activity_hours (hour, kind, count) VALUES (?, ?, 1)', [
          now - age * HOUR,
          kind,
        ]);
    const left = async () => {
      const rows = await database().query("SELECT hour FROM activity_hours WHERE kind = 'REFRESH'");
      return rows.map(({ hour }) => (now - Number(hour)) / HOUR).sort((a, b) => a - b);
    };
    await until(async () => (await left()).length < 5);
    expect(await left()).toEqual([0, 1, 24, 167]);
    const logins = await database().query("SELECT hour FROM activity_hours WHERE kind = 'LOGIN'");
    expect(logins).toHaveLength(4);
  });
});

onEachDatabase('the purge of the security log', (database) => {
  runServer(database, EVENTS_FOR_AN_HOUR);

  it('takes what is older than its retention, and leaves the rest', async () => {
    const old = await insertEvents(database(), 1_200, () => ({ at: Date.now() - HOUR - 5_000 }));
    const recent = await insertEvents(database(), 20, () => ({ at: Date.now() - HOUR + 60_000 }));
    const count = async (ids: readonly string[]) => {
      const places = ids.map(() => '?').join(', ');
      const [row] = await database().query(
        `SELECT COUNT(*) AS n FROM audit_events WHERE id IN (${places})`,
        ids.map(idBytes),
      );
      return Number(row?.['n']);
    };
    await until(async () => (await count(old)) === 0);
    expect(await count(recent)).toBe(20);
    const types = await database().query("SELECT type FROM audit_events WHERE type = 'USER_CREATED'");
    expect(types).toHaveLength(1);
  });
});

onMysql('several instances that purge at once', (database) => {
  const urls = runInstances(database, SESSIONS_FOR_AN_HOUR);
  const left = async () => {
    const [row] = await database().query("SELECT COUNT(*) AS n FROM sessions WHERE user_agent = 'Old/1.0'");
    return Number(row?.['n']);
  };
  const old = () => ({ ended_at: Date.now() - 2 * HOUR, end_reason: 'LOGOUT', user_agent: 'Old/1.0' });

  it('take all of it together, and nobody’s login or refresh fails meanwhile', async () => {
    const user = await registerUser(instance(urls(), 0));
    const owners = await insertUsers(database(), 50);
    await insertSessions(
      database(),
      Array.from({ length: 6_000 }, (_, index) => owners[index % owners.length] ?? ''),
      old,
    );
    // Of a user who is at work, too.
    await insertSessions(database(), Array(500).fill(user.userId), old);
    const refusals: unknown[] = [];
    let turn = 0;
    await until(async () => {
      turn += 1;
      const { refreshToken } = await login(instance(urls(), turn), user);
      refusals.push((await refreshWith(instance(urls(), turn + 1), refreshToken)).refusal);
      return (await left()) === 0;
    });
    expect(refusals.filter((refusal) => refusal !== undefined)).toEqual([]);
  });

  it('pass over a row that somebody holds, and take it when it is free', async () => {
    const [owner] = (await insertUsers(database(), 1)) as [string];
    const [held] = (await insertSessions(database(), Array(30).fill(owner), old)) as [string];
    const connection = await createConnection(database().url);
    try {
      await connection.beginTransaction();
      const [rows] = await connection.query('SELECT id FROM sessions WHERE id = ? FOR UPDATE', [
        idBytes(held),
      ]);
      // Where a purge was quicker than this, there is nothing to hold.
      const locked = Array.isArray(rows) ? rows.length : 0;
      await until(async () => (await left()) === locked);
      await connection.rollback();
      await until(async () => (await left()) === 0);
    } finally {
      await connection.end();
    }
  });
});

onEachDatabase('the purge of login counters', (database) => {
  const server = runServer(database, { ...SESSIONS_FOR_AN_HOUR, ...THROTTLED });
  const left = async () => (await database().query('SELECT id FROM login_buckets')).length;

  it('takes those whose window is over, and leaves the others and the addresses that are known', async () => {
    const user = await registerUser(server().url);
    await guess(server().url, user.email, '192.0.2.1');
    await passTime(database(), DAY);
    await guess(server().url, 'nobody@example.com', '192.0.2.2');
    // Of the account and the address that failed a day ago nothing is left; two count, and one address is known.
    await until(async () => (await left()) === 3);
    await sleep(1_200);
    expect(await left()).toBe(3);
    expect(await counters(database())).toEqual(['1/0', '1/0']);
    await passTime(database(), 31 * DAY);
    await until(async () => (await left()) === 0);
  });
});
