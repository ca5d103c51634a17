import { SET_ROLES } from '../support/administration.ts';
import { bearer, LOGOUT, login, registerUser, send, type Tokens } from '../support/client.ts';
import { idBytes, onEachDatabase, type TestDatabase } from '../support/databases.ts';
import { FeedReader, withFeedReaders } from '../support/feed-reader.ts';
import { instance, runInstances } from '../support/instances.ts';
import { ROTATE_KEY } from '../support/keys.ts';
import { basic, newService, type Service } from '../support/service.ts';
import { until } from '../support/until.ts';

const HOUR_AND_TOLERANCE = 3_900;

async function head(database: TestDatabase): Promise<number> {
  const [row] = await database.query('SELECT seq FROM feed_counter WHERE id = 1');
  return Number(row?.['seq']);
}

onEachDatabase('the feed of revocations', (database) => {
  withFeedReaders();
  const urls = runInstances(database);
  const url = (turn = 0) => instance(urls(), turn);
  let service: Service;
  beforeAll(async () => {
    service = await newService(database());
    // There is something in the feed, and every instance has read it.
    const gone = await signOut(await registerUser(url()));
    for (const each of urls()) await (await FeedReader.admitted(each, service)).heard(gone);
  });
  const signOut = async ({ refreshToken, sessionId }: Tokens, turn = 0) => {
    await send(url(turn), LOGOUT, { input: { refreshToken } });
    return sessionId;
  };
  /** As services do: an instance that has to begin anew turns them away, or ends what it has begun. */
  const comeBack = async (turn: number, cursor: string | undefined): Promise<FeedReader> => {
    for (;;) {
      const reader = await FeedReader.admitted(url(turn), service, { cursor });
      await until(async () => reader.events.includes('current') || reader.ended !== undefined);
      if (reader.events.includes('current')) return reader;
    }
  };
  const read = (turn = 0, cursor?: string) => new FeedReader(url(turn), service, { cursor });
  /** Ends sessions, and waits until every instance has passed that place: what befalls the rows then is in its past. */
  const signOutSeveral = async (count: number): Promise<{ sids: string[]; cursors: string[] }> => {
    const readers = await Promise.all(urls().map((_, turn) => read(turn).current()));
    const [sids, cursors]: [string[], string[]] = [[], []];
    while (sids.length < count) {
      const sid = await signOut(await registerUser(url()));
      for (const reader of readers) await reader.heard(sid);
      sids.push(sid);
      cursors.push(readers[0]?.cursor ?? '');
    }
    return { sids, cursors };
  };

  it('tells every subscriber of every instance of the end of a session, why, and until when it matters', async () => {
    const user = await registerUser(url());
    const readers = urls().flatMap((_, turn) => [read(turn), read(turn)]);
    for (const reader of readers) {
      await reader.current();
      expect(reader.hasEnded(user.sessionId)).toBe(false);
    }
    const before = Math.floor(Date.now() / 1000);
    await signOut(user);
    for (const reader of readers) {
      await reader.heard(user.sessionId);
      const [entry] = reader.entries.filter(({ sid }) => sid === user.sessionId);
      expect(entry).toEqual({
        kind: 'session',
        sid: user.sessionId,
        reason: 'LOGOUT',
        until: expect.any(Number),
      });
      expect(Number(entry?.['until']) - before).toBeGreaterThanOrEqual(HOUR_AND_TOLERANCE);
      expect(Number(entry?.['until']) - before).toBeLessThan(HOUR_AND_TOLERANCE + 60);
    }
  });

  it('tells of a raised token version, and of keys that were revoked', async () => {
    const [user, admin] = [await registerUser(url()), await login(url())];
    const reader = await read(1).current();
    const known = reader.entries.length;
    await send(
      url(),
      SET_ROLES,
      { userId: user.userId, roles: ['USER', 'ADMIN'] },
      bearer(admin.accessToken),
    );
    await send(url(), ROTATE_KEY, { revokePrevious: true }, bearer(admin.accessToken));
    const news = () =>
      reader.entries.slice(known).filter(({ kind, sub }) => kind === 'keys' || sub === user.userId);
    await until(async () => news().length === 2);
    const seen = news();
    expect(seen).toContainEqual({ kind: 'user', sub: user.userId, ver: 2, until: expect.any(Number) });
    expect(seen.at(-1)).toEqual({ kind: 'keys', until: expect.any(Number) });
  });

  it('begins with a snapshot of all that still matters, then says how current it is', async () => {
    const [live, gone] = [await registerUser(url()), await signOut(await registerUser(url()))];
    const {
      sids: [past = ''],
    } = await signOutSeveral(2);
    await database().query('UPDATE revocation_feed SET effective_until = 1 WHERE subject = ?', [
      idBytes(past),
    ]);
    const reader = await read().current();
    expect(reader.events[0]).toBe('snapshot');
    expect(reader.hasEnded(gone)).toBe(true);
    expect(reader.hasEnded(past)).toBe(false);
    expect(reader.hasEnded(live.sessionId)).toBe(false);
    expect(reader.response?.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.any(String),
    });
  });

  it.each(['header', 'query'] as const)('goes on from a cursor in the %s at another instance', async (by) => {
    const first = await read().current();
    await first.heard(await signOut(await registerUser(url())));
    first.close();
    const missed = await signOut(await registerUser(url()));
    const next = new FeedReader(url(1), service, { cursor: first.cursor, by });
    await next.current();
    expect(next.events.slice(0, 3)).toEqual(['resumed', 'revocations', 'current']);
    expect(next.entries.map(({ sid }) => sid)).toEqual([missed]);
  });

  it('goes on from the header where a query string says something else', async () => {
    const old = await read().current();
    const missed = await signOut(await registerUser(url()));
    await old.heard(missed);
    const headers = { 'last-event-id': old.cursor ?? '' };
    const next = new FeedReader(url(), service, { cursor: '1.AAAAAAAAAAAAAAAA', by: 'query', headers });
    await next.current();
    expect(next.events.slice(0, 2)).toEqual(['resumed', 'current']);
  });

  it('E7 loses nothing for a subscriber that goes from instance to instance while sessions end everywhere', async () => {
    const users = await Promise.all(Array.from({ length: 24 }, (_, turn) => registerUser(url(turn))));
    const seen = new Set<unknown>();
    let reader = await read().current();
    const ending = (async () => {
      for (const [turn, user] of users.entries()) await signOut(user, turn);
    })();
    let isOver = false;
    void ending.then(() => {
      isOver = true;
    });
    const greetings: string[] = [];
    for (let turn = 1; !isOver; turn++) {
      reader.close();
      for (const { sid } of reader.entries) seen.add(sid);
      reader = await read(turn, reader.cursor).current();
      greetings.push(reader.events[0] ?? '');
    }
    await ending;
    await until(async () =>
      users.every(({ sessionId }) => seen.has(sessionId) || reader.hasEnded(sessionId)),
    );
    expect(greetings.length).toBeGreaterThan(2);
    expect(new Set(greetings)).toEqual(new Set(['resumed']));
  });

  it('E7 never says that it is current up to a moment before it has told of what was acknowledged by then', async () => {
    const readers = await Promise.all(urls().map((_, turn) => read(turn).current()));
    const ended: { sessionId: string; at: number }[] = [];
    for (let turn = 0; turn < 15; turn++) {
      const sessionId = await signOut(await registerUser(url(turn)), turn);
      ended.push({ sessionId, at: performance.now() });
    }
    for (const reader of readers) {
      await reader.heard(...ended.map(({ sessionId }) => sessionId));
      const last = reader.messages.length;
      await until(async () => reader.events.slice(last).includes('current'));
      let told = 0;
      const known = new Set<unknown>();
      for (const { event, data } of reader.messages) {
        if (event === 'revocations') for (const { sid } of data) known.add(sid);
        if (event !== 'current') continue;
        const due = ended.filter(({ at }) => at <= reader.sentAt + data.at);
        expect(due.filter(({ sessionId }) => !known.has(sessionId))).toEqual([]);
        told = Math.max(told, due.length);
      }
      // It came to the point where all of them were due: the control.
      expect(told).toBe(ended.length);
    }
  });

  it('says at least once a second that it is current, though nothing happens', async () => {
    const reader = await read().current();
    const currents = () => reader.messages.filter(({ event }) => event === 'current');
    await until(async () => currents().length >= 4);
    const ages = currents().map(({ data, readAt }) => readAt - (reader.sentAt + data.at));
    for (const age of ages) expect(age).toBeGreaterThanOrEqual(0);
    const ats = currents().map(({ data }) => data.at as number);
    expect(ats).toEqual(ats.toSorted((a, b) => a - b));
  });

  describe('answers with a snapshot', () => {
    it.each([
      'rubbish',
      '0.AAAAAAAAAAAAAAAA',
      '999999999.AAAAAAAAAAAAAAAA',
      '-1',
      '1',
      'NaN.x',
      '{}',
      '1'.repeat(5_000),
    ])('the cursor %.20s, which is none of ours', async (cursor) => {
      const reader = await read(0, cursor).current();
      expect(reader.events[0]).toBe('snapshot');
    });

    it('a cursor whose place was purged, or holds something else, as in a database that was restored', async () => {
      const { sids, cursors } = await signOutSeveral(3);
      const [first = '', cursor = ''] = [sids[1], cursors[1]];
      expect((await read(0, cursor).current()).events[0]).toBe('resumed');
      const place = Number(cursor.split('.')[0]);
      await database().query('UPDATE revocation_feed SET created_at = created_at + 1 WHERE seq = ?', [place]);
      expect((await read(0, cursor).current()).events[0]).toBe('snapshot');
      await database().query('DELETE FROM revocation_feed WHERE seq = ?', [place]);
      const next = await read(0, cursor).current();
      expect(next.events[0]).toBe('snapshot');
      expect(next.hasEnded(first)).toBe(false);
    });

    it('a cursor behind which there is a gap', async () => {
      const { sids, cursors } = await signOutSeveral(3);
      const [last = '', cursor = ''] = [sids[2], cursors[0]];
      expect((await read(0, cursor).current()).events[0]).toBe('resumed');
      await database().query('DELETE FROM revocation_feed WHERE seq = ?', [(await head(database())) - 1]);
      const next = await read(0, cursor).current();
      expect(next.events[0]).toBe('snapshot');
      expect(next.hasEnded(last)).toBe(true);
    });
  });

  it('refuses everybody without a good credential, before it tells anything', async () => {
    for (const authorization of ['', basic(service.id, 'guessed'), `Bearer ${service.secret}`]) {
      const reader = new FeedReader(url(), { authorization });
      await until(async () => reader.status !== undefined);
      expect(reader.status).toBe(401);
      expect(reader.response?.headers['www-authenticate']).toMatch(/^Basic /);
      expect(await reader.over()).toBe('regularly');
      expect(reader.messages).toEqual([]);
    }
  });

  it('cuts off a subscriber whose credential is revoked, and no other', async () => {
    const other = await newService(database());
    const readers = urls().map((each) => new FeedReader(each, other));
    const kept = await read().current();
    for (const reader of readers) await reader.current();
    await database().query('UPDATE clients SET revoked_at = 1 WHERE id = ?', [idBytes(other.id)]);
    for (const reader of readers) expect(await reader.over()).toBe('regularly');
    const gone = await signOut(await registerUser(url()));
    await kept.heard(gone);
    expect(kept.ended).toBeUndefined();
    for (const reader of readers) expect(reader.hasEnded(gone)).toBe(false);
  });

  it('has GET alone', async () => {
    const { authorization } = service;
    for (const method of ['POST', 'HEAD', 'PUT']) {
      const answer = await fetch(`${url()}/revocations`, { method, headers: { authorization } });
      expect(answer.status).toBe(405);
      expect(answer.headers.get('allow')).toBe('GET');
    }
  });

  it('ends where the database turns out to have lost commits, and tells of everything anew', async () => {
    const reader = await read(1).current();
    const lost = await signOut(await registerUser(url(1)), 1);
    await reader.heard(lost);
    // What a replica does that takes over without the last commit: another revocation gets its number.
    const [taken, other] = [await head(database()), await registerUser(url())];
    await database().query('UPDATE feed_counter SET seq = ?', [taken - 1]);
    await database().query('DELETE FROM revocation_feed WHERE seq = ?', [taken]);
    await signOut(other);
    expect(await head(database())).toBe(taken);
    expect(await reader.over()).toBe('regularly');
    const next = await comeBack(1, reader.cursor);
    expect(next.events[0]).toBe('snapshot');
    await next.heard(other.sessionId);
  });
});
