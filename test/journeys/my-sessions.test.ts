import {
  type Answer,
  bearer,
  login,
  ME,
  MY_SESSIONS,
  refreshWith,
  registerUser,
  send,
  type Tokens,
  tokensOf,
} from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { sessionRow } from '../support/rows.ts';
import { runServer } from '../support/running.ts';

const MINUTE = 60_000;

interface Listed {
  readonly id: string;
  readonly current: boolean;
  readonly lastSeenAt: string;
  readonly authenticatedAt: string;
  readonly createdAt: string;
  readonly idleExpiresAt: string;
  readonly expiresAt: string;
}

onEachDatabase('mySessions', (database) => {
  const server = runServer(database, { SESSION_IDLE_TTL: '2h', SESSION_LIFETIME: '3h' });
  const ask = (tokens: Tokens, variables: object = {}): Promise<Answer> =>
    send(server().url, MY_SESSIONS, variables, bearer(tokens.accessToken));
  const list = async (tokens: Tokens, variables: object = {}): Promise<Listed[]> =>
    (await ask(tokens, variables)).data.mySessions;
  const ids = async (tokens: Tokens, variables: object = {}) =>
    (await list(tokens, variables)).map(({ id }) => id);

  /** Sessions of one new user, the first one oldest, ten minutes apart. */
  async function sessionsOf(count: number): Promise<Tokens[]> {
    const user = await registerUser(server().url);
    const all: Tokens[] = [user];
    while (all.length < count) all.push(await login(server().url, user));
    for (const [index, { sessionId }] of all.entries()) {
      await database().age(sessionId, (count - index) * 10 * MINUTE);
    }
    return all;
  }

  it('lists the newest use first, and exactly one as current: the one that asks', async () => {
    const [a, b, c] = await sessionsOf(3);
    if (!a || !b || !c) throw new Error('three sessions');
    expect(await ids(a)).toEqual([c.sessionId, b.sessionId, a.sessionId]);
    await refreshWith(server().url, a.refreshToken);
    expect(await ids(b)).toEqual([a.sessionId, c.sessionId, b.sessionId]);
    for (const tokens of [a, b, c]) {
      const current = (await list(tokens)).filter((session) => session.current);
      expect(current.map(({ id }) => id)).toEqual([tokens.sessionId]);
    }
  });

  it('moves lastSeenAt at a login and at a rotation, and at nothing else', async () => {
    const user = await registerUser(server().url);
    const [fresh] = await list(user);
    expect(fresh?.lastSeenAt).toBe(fresh?.createdAt);

    await database().age(user.sessionId, 10 * MINUTE);
    const [aged] = await list(user);
    await send(server().url, ME, {}, bearer(user.accessToken));
    await login(server().url, user);
    const unchanged = (await list(user)).find(({ id }) => id === user.sessionId);
    expect(unchanged).toEqual(aged);

    const next = tokensOf(await refreshWith(server().url, user.refreshToken), 'refresh');
    const rotated = (await list(user)).find(({ id }) => id === user.sessionId);
    expect(Date.parse(rotated?.lastSeenAt ?? '')).toBeGreaterThan(Date.parse(aged?.lastSeenAt ?? ''));
    expect(rotated?.authenticatedAt).toBe(aged?.authenticatedAt);
    expect(rotated?.createdAt).toBe(aged?.createdAt);

    await database().age(user.sessionId, 5_000);
    const before = (await list(user)).find(({ id }) => id === user.sessionId);
    for (const { refreshToken } of [user, next]) {
      expect((await refreshWith(server().url, refreshToken)).errors).toBeUndefined();
    }
    const replayed = (await list(user)).find(({ id }) => id === user.sessionId);
    expect(replayed).toEqual(before);
  });

  it('shows deadlines of which the inactivity timeout never is the later one', async () => {
    const user = await registerUser(server().url);
    const [fresh] = await list(user);
    const { idleExpiresAt = '', expiresAt = '', createdAt = '' } = fresh ?? {};
    expect(Date.parse(idleExpiresAt) - Date.parse(createdAt)).toBe(120 * MINUTE);
    expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(180 * MINUTE);
    await database().age(user.sessionId, 100 * MINUTE);
    await refreshWith(server().url, user.refreshToken);
    const [late] = await list(user);
    expect(late?.idleExpiresAt).toBe(late?.expiresAt);
  });

  it('shows the place of the last use: address and user agent of the login, then of the rotation', async () => {
    const user = await registerUser(server().url);
    await refreshWith(server().url, user.refreshToken, { 'user-agent': 'Updated/2.0' });
    const [session] = (await ask(user)).data.mySessions;
    expect(session).toMatchObject({ userAgent: 'Updated/2.0', ipAddress: '127.0.0.1' });
  });

  it('leaves out what has ended, at a deadline too', async () => {
    const [a, b, c] = await sessionsOf(3);
    if (!a || !b || !c) throw new Error('three sessions');
    await send(
      server().url,
      'mutation ($id: ID!) { revokeSession(id: $id) { id } }',
      { id: b.sessionId },
      bearer(c.accessToken),
    );
    expect(await ids(c)).toEqual([c.sessionId, a.sessionId]);
    await database().age(a.sessionId, 120 * MINUTE);
    expect(await ids(c)).toEqual([c.sessionId]);
  });

  it('gives at most `first`, and the current one always', async () => {
    const [a, b, c] = await sessionsOf(3);
    if (!a || !b || !c) throw new Error('three sessions');
    expect(await ids(a, { first: 1 })).toEqual([a.sessionId]);
    expect(await ids(a, { first: 2 })).toEqual([c.sessionId, a.sessionId]);
    expect(await ids(c, { first: 2 })).toEqual([c.sessionId, b.sessionId]);
    expect(await ids(a, { first: 3 })).toEqual([c.sessionId, b.sessionId, a.sessionId]);
    expect(await ids(a, { first: 500 })).toHaveLength(3);
  });

  it.each([0, -1, 501, 2_147_483_647])('refuses first: %d', async (first) => {
    const user = await registerUser(server().url);
    const { refusal } = await ask(user, { first });
    expect(refusal).toEqual({ code: 'BAD_USER_INPUT', field: 'first', problem: 'OUT_OF_RANGE' });
  });

  it.each(['1', 1.5, 1e300, null, [[1, 2]], { n: 1 }, true])(
    'refuses first: %j, which is no Int',
    async (first) => {
      const user = await registerUser(server().url);
      const { refusal, status } = await ask(user, { first });
      expect(refusal).toEqual({ code: 'BAD_USER_INPUT' });
      expect(status).toBe(400);
    },
  );

  it('lists a hundred unless it is asked for more', async () => {
    const user = await registerUser(server().url);
    await copySession(user.sessionId, 120);
    const listed = await ids(user);
    expect(listed).toHaveLength(100);
    expect(listed).toContain(user.sessionId);
    expect(await ids(user, { first: 500 })).toHaveLength(121);
  });

  it('shows nobody else’s', async () => {
    const user = await registerUser(server().url);
    const other = await registerUser(server().url);
    expect(await ids(user)).toEqual([user.sessionId]);
    expect(await ids(other)).toEqual([other.sessionId]);
    const admin = await login(server().url);
    expect(await ids(admin)).not.toContain(user.sessionId);
  });

  async function copySession(sessionId: string, times: number): Promise<void> {
    const row = await sessionRow(database(), sessionId);
    const names = Object.keys(row);
    const places = names.map(() => '?').join(', ');
    for (let copy = 1; copy <= times; copy++) {
      const id = Buffer.from(row['id'] as Buffer);
      id.writeUInt32BE(copy, 12);
      const values: Record<string, unknown> = {
        ...row,
        id,
        last_seen_at: Number(row['last_seen_at']) + copy,
      };
      await database().query(
        `INSERT INTO sessions (${names.join(', ')}) VALUES (${places})`,
        names.map((name) => (values[name] ?? null) as string | number | Buffer | null),
      );
    }
  }
});
