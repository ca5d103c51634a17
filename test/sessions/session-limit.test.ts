import { auditedBy } from '../support/administration.ts';
import { Browser } from '../support/browser.ts';
import {
  bearer,
  LOGIN,
  LOGOUT,
  login,
  ME,
  MY_SESSIONS,
  REGISTER,
  refreshWith,
  registerUser,
  send,
  type Tokens,
} from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { auditOf, sessionRow, userRow } from '../support/rows.ts';
import { runServer } from '../support/running.ts';

const ended = { code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED', endReason: 'SESSION_LIMIT' };

onEachDatabase('MAX_SESSIONS_PER_USER=3, evict', (database) => {
  const server = runServer(database, { MAX_SESSIONS_PER_USER: '3' });
  const me = (tokens: Tokens) => send(server().url, ME, {}, bearer(tokens.accessToken));
  const aged = async (tokens: Tokens, ms: number) => database().age(tokens.sessionId, ms);

  it('ends the least recently used session, which learns why, and no other', async () => {
    const user = await registerUser(server().url);
    const second = await login(server().url, user);
    const third = await login(server().url, user);
    await aged(user, 90_000);
    await aged(second, 120_000);
    await aged(third, 60_000);
    // Used last of all: it is not age that counts but use.
    await refreshWith(server().url, user.refreshToken);
    const fourth = await login(server().url, user);
    expect((await me(second)).refusal).toMatchObject(ended);
    expect((await refreshWith(server().url, second.refreshToken)).refusal).toMatchObject(ended);
    for (const tokens of [user, third, fourth]) expect((await me(tokens)).errors).toBeUndefined();
    const fifth = await login(server().url, user);
    expect((await me(third)).refusal).toMatchObject(ended);
    expect((await me(fifth)).errors).toBeUndefined();
  });

  it('audits it as SESSION_LIMIT by the user, from where the new login came', async () => {
    const user = await registerUser(server().url);
    const { userId, email, password } = user;
    for (let turn = 0; turn < 2; turn++) await login(server().url, user);
    await aged(user, 60_000);
    const events = await auditedBy(server(), database(), () =>
      send(
        server().url,
        LOGIN,
        { input: { email, password, transport: 'BODY' } },
        { 'user-agent': 'Fourth/1.0' },
      ),
    );
    const from = { actorId: userId, userId, ipAddress: '127.0.0.1', userAgent: 'Fourth/1.0' };
    expect(events).toEqual([
      { type: 'SESSION_ENDED', sessionId: user.sessionId, detail: 'SESSION_LIMIT', ...from },
      { type: 'LOGIN_SUCCEEDED', sessionId: expect.any(String), detail: null, ...from },
    ]);
    expect((await sessionRow(database(), user.sessionId))['ended_by']).toEqual(
      (await userRow(database(), userId))['id'],
    );
  });

  it('counts neither sessions that were ended nor those past a deadline, nor those of others', async () => {
    const user = await registerUser(server().url);
    const other = await registerUser(server().url);
    const out = await login(server().url, user);
    await send(server().url, LOGOUT, { input: { refreshToken: out.refreshToken } });
    const idle = await login(server().url, user);
    await aged(idle, 8 * 86_400_000);
    const kept = [user, await login(server().url, user), await login(server().url, user)];
    for (const tokens of [...kept, other]) expect((await me(tokens)).errors).toBeUndefined();
    expect((await refreshWith(server().url, idle.refreshToken)).refusal).toMatchObject({
      endReason: 'IDLE_TIMEOUT',
    });
  });

  it('counts one place only for a browser that logs in over its own session', async () => {
    const page = new Browser(server().url);
    const input = { email: `page-${Math.random()}@example.com`, password: 'the password of a page' };
    await page.send(REGISTER, { input });
    const others = [await login(server().url, input), await login(server().url, input)];
    for (let turn = 0; turn < 3; turn++) {
      expect((await page.send(LOGIN, { input })).errors).toBeUndefined();
    }
    for (const tokens of others) expect((await me(tokens)).errors).toBeUndefined();
  });
});

onEachDatabase('MAX_SESSIONS_PER_USER=2, refuse', (database) => {
  const server = runServer(database, { MAX_SESSIONS_PER_USER: '2', SESSION_LIMIT_POLICY: 'refuse' });
  const attempt = ({ email, password }: { email: string; password: string }) =>
    send(server().url, LOGIN, { input: { email, password, transport: 'BODY' } });

  it('refuses the login that would exceed it, audits that, and ends nothing', async () => {
    const user = await registerUser(server().url);
    const second = await login(server().url, user);
    const events = await auditedBy(server(), database(), async () => {
      const refused = await attempt(user);
      expect([refused.refusal, refused.data]).toEqual([{ code: 'SESSION_LIMIT' }, null]);
      expect(refused.setCookies).toEqual([]);
    });
    expect(events).toMatchObject([
      { type: 'LOGIN_FAILED', userId: user.userId, actorId: null, sessionId: null, detail: 'SESSION_LIMIT' },
    ]);
    for (const { accessToken, sessionId } of [user, second]) {
      expect((await send(server().url, ME, {}, bearer(accessToken))).errors).toBeUndefined();
      expect(await auditOf(database(), sessionId, 'SESSION_ENDED')).toEqual([]);
    }
  });

  it('tells it to those only who know the password', async () => {
    const user = await registerUser(server().url);
    await login(server().url, user);
    const wrong = await attempt({ ...user, password: 'not this one at all' });
    expect(wrong.refusal).toEqual({ code: 'INVALID_CREDENTIALS' });
  });

  it('lets in again once a session has ended', async () => {
    const user = await registerUser(server().url);
    await login(server().url, user);
    expect((await attempt(user)).refusal).toEqual({ code: 'SESSION_LIMIT' });
    await send(server().url, LOGOUT, { input: { refreshToken: user.refreshToken } });
    expect((await attempt(user)).errors).toBeUndefined();
    expect((await attempt(user)).refusal).toEqual({ code: 'SESSION_LIMIT' });
  });

  it('keeps the cookie’s own session where the login over it is refused for another account', async () => {
    const full = await registerUser(server().url);
    await login(server().url, full);
    const page = new Browser(server().url);
    const input = { email: `page-${Math.random()}@example.com`, password: 'the password of a page' };
    const { accessToken } = (await page.send(REGISTER, { input })).data.register;
    const { email, password } = full;
    const refused = await page.send(LOGIN, { input: { email, password } });
    expect(refused.refusal).toEqual({ code: 'SESSION_LIMIT' });
    expect((await page.send(MY_SESSIONS, {}, bearer(accessToken))).data.mySessions).toHaveLength(1);
    expect((await page.send('mutation { refresh { expiresIn } }')).errors).toBeUndefined();
  });
});

onEachDatabase('MAX_SESSIONS_PER_USER=1', (database) => {
  const server = runServer(database, { MAX_SESSIONS_PER_USER: '1' });

  it('is the single session: each login ends the one before', async () => {
    const user = await registerUser(server().url);
    let before: Tokens = user;
    for (let turn = 0; turn < 3; turn++) {
      const next = await login(server().url, user);
      const old = await send(server().url, ME, {}, bearer(before.accessToken));
      expect(old.refusal).toMatchObject(ended);
      const listed = await send(server().url, MY_SESSIONS, {}, bearer(next.accessToken));
      expect(listed.data.mySessions.map(({ id }: { id: string }) => id)).toEqual([next.sessionId]);
      before = next;
    }
  });
});
