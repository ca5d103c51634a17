import { adminLists } from '../support/admin-lists.ts';
import { SESSIONS } from '../support/administration.ts';
import { insertSessions, insertUsers } from '../support/bulk-rows.ts';
import { LOGOUT, login, REVOKE_SESSION, registerUser, send } from '../support/client.ts';
import { idBytes, onEachDatabase } from '../support/databases.ts';
import { runServer } from '../support/running.ts';

const DAY = 86_400_000;

onEachDatabase('sessions, the list of administration', (database) => {
  const server = runServer(database);
  const { admin, ask, nodes, ids } = adminLists(server);

  it('are the live ones of everybody, newest first, with their users; the caller’s own is current', async () => {
    const user = await registerUser(server().url);
    const second = await login(server().url, user);
    const found = await nodes(SESSIONS, { first: 200 });
    expect(found.slice(0, 2)).toMatchObject([
      { id: second.sessionId, current: false, endedAt: null, endReason: null, user: { email: user.email } },
      { id: user.sessionId, current: false, user: { id: user.userId } },
    ]);
    expect(found.filter(({ current }) => current).map(({ id }) => id)).toEqual([admin().sessionId]);
    const times = found.map(({ createdAt }) => createdAt);
    expect(times).toEqual([...times].sort().reverse());
  });

  it('by userId, ipAddress, createdBefore, lastSeenBefore, and by several at once', async () => {
    const [one, two] = (await insertUsers(database(), 2)) as [string, string];
    const at = Date.now() - 10 * DAY;
    const [a, b, c, d] = await insertSessions(database(), [one, one, one, two], (index) => ({
      created_at: at + index * DAY,
      last_seen_at: at + (3 + index) * DAY,
      ip_address: index < 2 ? '198.51.100.7' : '2001:db8::7',
    }));
    const time = (ms: number) => new Date(at + ms).toISOString();
    const by = (filter: object) => ids(SESSIONS, { filter });
    expect(await by({ userId: one })).toEqual([c, b, a]);
    expect(await by({ userId: one.toUpperCase() })).toEqual([c, b, a]);
    expect(await by({ ipAddress: '198.51.100.7' })).toEqual([b, a]);
    expect(await by({ ipAddress: '2001:db8::7' })).toEqual([d, c]);
    expect(await by({ ipAddress: '198.51.100' })).toEqual([]);
    expect(await by({ createdBefore: time(DAY) })).toEqual([a]);
    expect(await by({ createdBefore: time(DAY + 1) })).toEqual([b, a]);
    expect(await by({ lastSeenBefore: time(4 * DAY) })).toEqual([a]);
    expect(await by({ lastSeenBefore: time(5 * DAY + 1) })).toEqual([c, b, a]);
    expect(await by({ userId: one, ipAddress: '2001:db8::7' })).toEqual([c]);
    expect(await by({ userId: two, ipAddress: '198.51.100.7' })).toEqual([]);
    expect(await by({ ipAddress: '198.51.100.7', createdBefore: time(DAY) })).toEqual([a]);
    expect(await by({ userId: one, lastSeenBefore: time(5 * DAY), createdBefore: time(3 * DAY) })).toEqual([
      b,
      a,
    ]);
  });

  it('userAgentContains narrows another filter, letter by letter; alone it is refused', async () => {
    const [user] = (await insertUsers(database(), 1)) as [string];
    const now = Date.now();
    const agents = ['Firefox/1 (X11)', 'firefox/1', 'Fire_fox', 'Fire%fox', null];
    const [upper, lower, underscore, percent] = await insertSessions(
      database(),
      agents.map(() => user),
      (index) => ({ user_agent: agents[index] ?? null, created_at: now - index }),
    );
    const by = (filter: object) => ids(SESSIONS, { filter: { userId: user, ...filter } });
    expect(await by({ userAgentContains: 'irefox' })).toEqual([upper, lower]);
    expect(await by({ userAgentContains: 'Fire' })).toEqual([upper, underscore, percent]);
    expect(await by({ userAgentContains: '%' })).toEqual([percent]);
    expect(await by({ userAgentContains: '_' })).toEqual([underscore]);
    expect(await by({ userAgentContains: '(X11)' })).toEqual([upper]);
    for (const filter of [
      { userAgentContains: 'Fire' },
      { userAgentContains: '' },
      { userAgentContains: 'Fire', includeEnded: true },
      { userAgentContains: 'Fire', userId: null, ipAddress: null },
    ]) {
      const refused = await ask(SESSIONS, { filter });
      expect(refused.refusal).toEqual({
        code: 'BAD_USER_INPUT',
        field: 'userAgentContains',
        problem: 'NOT_ALONE',
      });
    }
    for (const other of [{ ipAddress: '192.0.2.1' }, { createdBefore: new Date(Date.now() + DAY) }]) {
      expect(await ids(SESSIONS, { filter: { userAgentContains: 'Fire%', ...other } })).toEqual([percent]);
    }
  });

  it('includeEnded shows those that ended, and one that ended at a deadline with the end that is computed', async () => {
    const user = await registerUser(server().url);
    const [out, revoked, idle, over] = [
      await login(server().url, user),
      await login(server().url, user),
      await login(server().url, user),
      await login(server().url, user),
    ];
    await send(server().url, LOGOUT, { input: { refreshToken: out.refreshToken } });
    await ask(REVOKE_SESSION, { id: revoked.sessionId });
    await database().age(idle.sessionId, 8 * DAY);
    const deadline = Date.now() - 5_000;
    await database().query('UPDATE sessions SET idle_expires_at = ?, expires_at = ? WHERE id = ?', [
      deadline,
      deadline,
      idBytes(over.sessionId),
    ]);
    const filter = { userId: user.userId };
    expect(await ids(SESSIONS, { filter })).toEqual([user.sessionId]);
    const found = await nodes(SESSIONS, { filter: { ...filter, includeEnded: true } });
    const reasons = Object.fromEntries(found.map(({ id, endReason }) => [id, endReason]));
    expect(reasons).toEqual({
      [user.sessionId]: null,
      [out.sessionId]: 'LOGOUT',
      [revoked.sessionId]: 'REVOKED_BY_ADMIN',
      [idle.sessionId]: 'IDLE_TIMEOUT',
      [over.sessionId]: 'LIFETIME_REACHED',
    });
    const shown = found.find(({ id }) => id === idle.sessionId);
    expect(shown.endedAt).toBe(shown.idleExpiresAt);
    const [row] = await database().query('SELECT ended_at FROM sessions WHERE id = ?', [
      idBytes(idle.sessionId),
    ]);
    expect(row?.['ended_at']).toBeNull();
  });
});
