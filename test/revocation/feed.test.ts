import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { v7 as uuidv7 } from 'uuid';
import { BucketNames } from '../../src/accounts/bucket-names.ts';
import { resetPassword } from '../../src/lifecycle/reset-password.ts';
import type { FeedSource } from '../../src/revocation/feed-follower.ts';
import { EFFECTIVE_FOR, type KnownRevocation } from '../../src/revocation/revocation.ts';
import { endSessions } from '../../src/sessions/end-sessions.ts';
import type { Session } from '../../src/sessions/session.ts';
import { loadSettings } from '../../src/settings/load.ts';
import { startPurging } from '../../src/storage/purge.ts';
import { openFeed } from '../../src/storage/revocation-feed.ts';
import { insertSession, runCores, type TestCore } from '../support/core.ts';
import { onEachDatabase, onMysql } from '../support/databases.ts';
import { testEnvironment } from '../support/server.ts';
import { statementsOf } from '../support/statements.ts';
import { until } from '../support/until.ts';

const NOBODY = { actorId: null, ipAddress: null, userAgent: null };

async function end(core: TestCore, { id, userId }: Session): Promise<void> {
  await core.transactions.run([userId], async (tx) => {
    const session = await tx.session(id);
    if (session !== undefined) await endSessions(tx, [session], 'LOGOUT', NOBODY);
  });
}

onEachDatabase('the revocation feed', (database) => {
  const cores = runCores(database, 3);
  const core = (turn = 0) => cores()[turn % cores().length] as TestCore;
  let feed: FeedSource;
  beforeAll(() => {
    feed = openFeed(core().database, loadSettings(testEnvironment(database())).database);
  });
  afterAll(() => feed.close());

  const head = async () => (await feed.read(0)).head;
  const after = async (sequence: number) => (await feed.read(sequence + 1)).entries;

  it('has an entry for the end of a session, which becomes true together with it', async () => {
    const before = await head();
    const session = await insertSession(core());
    await end(core(), session);
    const [entry, ...more] = await after(before);
    expect(more).toEqual([]);
    const { endedAt } = (await core().sessions.find(session.id)) ?? {};
    expect(entry).toEqual({
      kind: 'SESSION',
      sessionId: session.id,
      reason: 'LOGOUT',
      sequence: before + 1,
      createdAt: endedAt,
      effectiveUntil: Number(endedAt) + EFFECTIVE_FOR,
    });
  });

  it('has an entry for whatever raises a token version, in the order of the transaction', async () => {
    const before = await head();
    const session = await insertSession(core());
    const bucketNames = new BucketNames([randomBytes(32)]);
    const services = { accounts: core().accounts, store: core().sessions, bucketNames };
    await resetPassword(services, session.userId, NOBODY);
    const written = (await after(before)).map(({ sequence, createdAt, effectiveUntil, ...what }) => what);
    expect(written).toEqual([
      { kind: 'USER', userId: session.userId, leastVersion: 2 },
      { kind: 'SESSION', sessionId: session.id, reason: 'PASSWORD_CHANGED' },
    ]);
  });

  it('says what it says once, whoever is told: the listeners hear the entries that are read', async () => {
    const before = await head();
    const heard: KnownRevocation[] = [];
    const listener = (entries: readonly KnownRevocation[]) => void heard.push(...entries);
    core().revocationListeners.add(listener);
    await end(core(), await insertSession(core()));
    await end(core(1), await insertSession(core(1)));
    core().revocationListeners.delete(listener);
    expect(heard).toEqual((await after(before)).slice(0, 1));
  });

  it('E7 has nothing of a transaction that was rolled back, and no gap after it', async () => {
    const before = await head();
    const session = await insertSession(core());
    const failed = core().transactions.run([session.userId], async (tx) => {
      await endSessions(tx, await tx.sessions([session.id]), 'LOGOUT', NOBODY);
      throw new Error('after all');
    });
    await expect(failed).rejects.toThrow('after all');
    expect(await head()).toBe(before);
    await end(core(), session);
    expect((await after(before)).map(({ sequence }) => sequence)).toEqual([before + 1]);
  });

  it('does not touch the counter for what revokes nothing', async () => {
    const session = await insertSession(core());
    const statements = await statementsOf(() =>
      core().transactions.run([session.userId], (tx) => tx.updateSession(session, { lastSeenAt: 1 })),
    );
    expect(statements.length).toBeGreaterThan(1);
    expect(statements.filter(({ sql }) => /feed/.test(sql))).toEqual([]);
  });

  it('E7 has no gap and nothing late for those who read while many write, at several instances', async () => {
    const before = await head();
    const sessions = await Promise.all(Array.from({ length: 60 }, (_, turn) => insertSession(core(turn))));
    let seen = before;
    let reading = true;
    const gaps: string[] = [];
    const reader = (async () => {
      while (reading || seen < before + 60) {
        const page = await feed.read(seen + 1);
        page.entries.forEach(({ sequence }, index) => {
          if (sequence !== seen + 1 + index) gaps.push(`${sequence} after ${seen + index}`);
        });
        seen = page.head;
        await nextTurn();
      }
    })();
    await Promise.all(sessions.map((session, turn) => end(core(turn + 1), session)));
    reading = false;
    await reader;
    expect(gaps).toEqual([]);
    const ended = (await after(before)).flatMap((entry) => (entry.kind === 'SESSION' ? entry.sessionId : []));
    expect(ended.sort()).toEqual(sessions.map(({ id }) => id).sort());
  });

  it('is read in pages', async () => {
    const before = await head();
    await core().transactions.run([], async (tx) => {
      for (let version = 1; version <= 1_500; version++)
        tx.revocations.push({ kind: 'USER', userId: uuidv7(), leastVersion: version });
    });
    const first = await feed.read(before + 1);
    const second = await feed.read(before + 1_000);
    expect([first.isFull, first.entries.length, first.head]).toEqual([true, 1_000, before + 1_500]);
    expect([second.isFull, second.entries.length]).toEqual([false, 501]);
    expect(second.entries[0]).toEqual(first.entries.at(-1));
  });

  it('is purged of what has ceased to matter, but keeps its head and the epoch of the keys', async () => {
    const before = await head();
    await core().transactions.run([], async (tx) => {
      tx.revocations.push({ kind: 'KEYS', epoch: 7 });
    });
    for (let count = 0; count < 3; count++) await end(core(), await insertSession(core()));
    // All of it is history but the second of the three sessions.
    await database().query('UPDATE revocation_feed SET effective_until = 1 WHERE seq <> ?', [before + 3]);
    const retention = { sessions: 1_000, auditEvents: 86_400_000 };
    const stop = startPurging(core().database, core().transactions, retention, () => undefined);
    const left = async () => (await feed.read(0)).entries.map(({ sequence }) => sequence);
    await until(async () => (await left()).length <= 3);
    stop();
    expect(await left()).toEqual([before + 1, before + 3, before + 4]);
    expect(await head()).toBe(before + 4);
  });
});

onMysql('the revocation feed of a database that does not answer', (database) => {
  const cores = runCores(database);

  it('is given up, and read again once it does', async () => {
    const [core] = cores();
    if (core === undefined) throw new Error('No core is open.');
    const feed = openFeed(core.database, loadSettings(testEnvironment(database())).database);
    const blocker = await createConnection(database().url);
    for (let turn = 0; turn < 2; turn++) {
      await blocker.query('LOCK TABLES revocation_feed WRITE');
      await expect(feed.read(0)).rejects.toThrow();
      await blocker.query('UNLOCK TABLES');
      expect(await feed.read(0)).toMatchObject({ head: 0, entries: [] });
    }
    await blocker.end();
    await feed.close();
  });

  it('is given up when nobody answers at all', async () => {
    const [core] = cores();
    if (core === undefined) throw new Error('No core is open.');
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const settings = loadSettings(testEnvironment({ url: `mysql://root@127.0.0.1:${port}/none` })).database;
    const feed = openFeed(core.database, settings);
    await expect(feed.read(0)).rejects.toThrow('ETIMEDOUT');
    await feed.close();
    silent.close();
  });
});

onMysql('E7 the number that a table gives by itself, as a control', (database) => {
  it('lets a reader pass over the one who commits late', async () => {
    const [early, late] = [await createConnection(database().url), await createConnection(database().url)];
    await database().query('CREATE TABLE numbered (seq BIGINT AUTO_INCREMENT PRIMARY KEY, who VARCHAR(8))');
    await late.beginTransaction();
    await late.query("INSERT INTO numbered (who) VALUES ('late')");
    await early.query("INSERT INTO numbered (who) VALUES ('early')");
    const [seen] = await database().query('SELECT who, seq FROM numbered');
    expect(seen).toMatchObject({ who: 'early' });
    await late.commit();
    const more = await database().query('SELECT who FROM numbered WHERE seq > ?', [Number(seen?.['seq'])]);
    expect(more).toEqual([]);
    expect(await database().query('SELECT who FROM numbered')).toHaveLength(2);
    await Promise.all([early.end(), late.end()]);
  });
});
