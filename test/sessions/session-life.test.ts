import { AUDIT_EVENTS, DELETE_USER, SESSIONS, SET_STATUS } from '../support/administration.ts';
import { Browser, parseSetCookie } from '../support/browser.ts';
import {
  bearer,
  LOGIN,
  LOGOUT,
  login,
  ME,
  MY_SESSIONS,
  REFRESH,
  REGISTER,
  REVOKE_ALL,
  REVOKE_OTHERS,
  REVOKE_SESSION,
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

type Account = Tokens & { email: string; password: string };

onEachDatabase('the life of a session', (database) => {
  const server = runServer(database, { SESSION_IDLE_TTL: '10m', SESSION_LIFETIME: '25m' });
  const me = (accessToken: string) => send(server().url, ME, {}, bearer(accessToken));

  it('ends when it is not used for SESSION_IDLE_TTL: for access tokens, refresh and list alike', async () => {
    const [user, other] = [await registerUser(server().url), await registerUser(server().url)];
    const kept = await login(server().url, user);
    await database().age(user.sessionId, 10 * MINUTE + 1_000);
    await database().age(other.sessionId, 10 * MINUTE - 20_000);
    const idle = { reason: 'SESSION_ENDED', endReason: 'IDLE_TIMEOUT' };
    expect((await me(user.accessToken)).refusal).toMatchObject(idle);
    expect((await refreshWith(server().url, user.refreshToken)).refusal).toMatchObject(idle);
    expect((await me(other.accessToken)).errors).toBeUndefined();
    expect((await refreshWith(server().url, other.refreshToken)).errors).toBeUndefined();
    const listed = await send(server().url, MY_SESSIONS, {}, bearer(kept.accessToken));
    expect(listed.data.mySessions.map(({ id }: { id: string }) => id)).toEqual([kept.sessionId]);
  });

  it('ends at SESSION_LIFETIME, however much it is used; use moves the one deadline and not the other', async () => {
    let tokens: Tokens = await registerUser(server().url);
    const end = Number((await sessionRow(database(), tokens.sessionId))['expires_at']);
    for (let age = 8; age <= 24; age += 8) {
      await database().age(tokens.sessionId, 8 * MINUTE);
      const answer = await refreshWith(server().url, tokens.refreshToken);
      tokens = tokensOf(answer, 'refresh');
      const { idle_expires_at, expires_at } = await sessionRow(database(), tokens.sessionId);
      expect(Number(expires_at)).toBe(end - age * MINUTE);
      expect(Number(idle_expires_at)).toBeLessThanOrEqual(Number(expires_at));
      expect(answer.data.refresh.expiresIn).toBeLessThanOrEqual(age === 24 ? 60 : 300);
    }
    await database().age(tokens.sessionId, MINUTE + 1_000);
    const over = { reason: 'SESSION_ENDED', endReason: 'LIFETIME_REACHED' };
    expect((await refreshWith(server().url, tokens.refreshToken)).refusal).toMatchObject(over);
    expect((await me(tokens.accessToken)).refusal).toMatchObject(over);
  });

  it('with rememberMe: false has a cookie without Max-Age, at login and at every refresh', async () => {
    for (const rememberMe of [false, true]) {
      const page = new Browser(server().url);
      const input = {
        email: `page-${Math.random()}@example.com`,
        password: 'vexing plumb quartz',
        rememberMe,
      };
      const answers = [
        await page.send(REGISTER, { input }),
        await page.send(REFRESH),
        await page.send(REFRESH),
      ];
      const { email, password } = input;
      answers.push(await page.send(LOGIN, { input: { email, password, rememberMe } }));
      for (const { setCookies, errors } of answers) {
        expect(errors).toBeUndefined();
        const { attributes } = parseSetCookie(setCookies[0] ?? '');
        expect('max-age' in attributes || 'expires' in attributes).toBe(rememberMe);
      }
    }
  });

  it('with rememberMe: false has the same deadlines at the server', async () => {
    const user = await registerUser(server().url);
    const brief = await login(server().url, user, { rememberMe: false });
    const row = await sessionRow(database(), brief.sessionId);
    expect(Number(row['idle_expires_at']) - Number(row['created_at'])).toBe(10 * MINUTE);
    expect(Number(row['remember_me'])).toBe(0);
  });

  it('has a name of its device, where one was given, in every list and for all its life', async () => {
    const user = await registerUser(server().url);
    const admin = await login(server().url);
    const named = await login(server().url, user, { deviceName: '  Ada’s phone 📱 ' });
    const refreshed = tokensOf(await refreshWith(server().url, named.refreshToken), 'refresh');
    const mine = await send(server().url, MY_SESSIONS, {}, bearer(refreshed.accessToken));
    const names = mine.data.mySessions.map(({ deviceName }: { deviceName: string }) => deviceName);
    expect(names).toEqual(['Ada’s phone 📱', null]);
    await send(server().url, LOGOUT, { input: { refreshToken: named.refreshToken } });
    const query = `{ sessions(filter: { userId: "${user.userId}", includeEnded: true }) { nodes { deviceName endReason } } }`;
    const listed = await send(server().url, query, {}, bearer(admin.accessToken));
    expect(listed.data.sessions.nodes).toEqual([
      { deviceName: 'Ada’s phone 📱', endReason: 'LOGOUT' },
      { deviceName: null, endReason: null },
    ]);
  });
});

/** Every way in which somebody ends a session, and what its client and support are told. */
const ENDINGS: readonly (readonly [
  string,
  'user' | 'admin',
  string,
  (url: string, user: Account, victim: Tokens, admin: Tokens) => Promise<unknown>,
])[] = [
  ['LOGOUT', 'user', 'logout', (url, _, { refreshToken }) => send(url, LOGOUT, { input: { refreshToken } })],
  [
    'REVOKED_BY_USER',
    'user',
    'revokeSession',
    (url, user, { sessionId }) => send(url, REVOKE_SESSION, { id: sessionId }, bearer(user.accessToken)),
  ],
  [
    'REVOKED_BY_USER',
    'user',
    'revokeOtherSessions',
    (url, user) => send(url, REVOKE_OTHERS, {}, bearer(user.accessToken)),
  ],
  [
    'REVOKED_BY_ADMIN',
    'admin',
    'revokeSession by an admin',
    (url, _, { sessionId }, admin) => send(url, REVOKE_SESSION, { id: sessionId }, bearer(admin.accessToken)),
  ],
  [
    'REVOKED_BY_ADMIN',
    'admin',
    'revokeAllForUser',
    (url, { userId }, _, admin) => send(url, REVOKE_ALL, { userId }, bearer(admin.accessToken)),
  ],
  [
    'USER_SUSPENDED',
    'admin',
    'setUserStatus',
    (url, { userId }, _, admin) =>
      send(url, SET_STATUS, { userId, status: 'SUSPENDED' }, bearer(admin.accessToken)),
  ],
  [
    'USER_DELETED',
    'admin',
    'deleteUser',
    (url, { userId }, _, admin) => send(url, DELETE_USER, { userId }, bearer(admin.accessToken)),
  ],
];

onEachDatabase('who signed me out?', (database) => {
  const server = runServer(database);

  it.each(ENDINGS)(
    '%s, by the %s (%s): the dead client learns why, support learns who',
    async (reason, by, _, end) => {
      const { url } = server();
      const [user, admin] = [await registerUser(url), await login(url)];
      const victim = await login(url, user);
      await end(url, user, victim, admin);
      await database().age(victim.sessionId, 20 * 86_400_000);
      const late = await refreshWith(url, victim.refreshToken);
      expect(late.refusal).toMatchObject({ reason: 'SESSION_ENDED', endReason: reason });
      const ask = (query: string, filter: object) => send(url, query, { filter }, bearer(admin.accessToken));
      const listed = await ask(SESSIONS, { userId: user.userId, includeEnded: true });
      const shown = listed.data.sessions.nodes.find(({ id }: { id: string }) => id === victim.sessionId);
      expect(shown).toMatchObject({ endReason: reason, endedAt: late.refusal?.['endedAt'] });
      const events = await ask(AUDIT_EVENTS, { sessionId: victim.sessionId, types: ['SESSION_ENDED'] });
      expect(events.data.auditEvents.nodes).toMatchObject([
        { actorId: by === 'user' ? user.userId : admin.userId, detail: reason, ipAddress: '127.0.0.1' },
      ]);
    },
  );
});
