import { Browser, parseSetCookie } from '../support/browser.ts';
import {
  type Answer,
  bearer,
  LOGIN,
  LOGOUT,
  ME,
  MY_SESSIONS,
  REFRESH,
  REVOKE_SESSION,
  registerUser,
  send,
} from '../support/client.ts';
import { auditOf, snapshot } from '../support/rows.ts';
import { onSqlite, runServer } from '../support/running.ts';

onSqlite('D6 logout', (database) => {
  const server = runServer(database);
  async function signIn() {
    const { email, password } = await registerUser(server().url);
    const page = new Browser(server().url);
    const { accessToken, session } = (await page.send(LOGIN, { input: { email, password } })).data.login;
    return { email, password, page, accessToken, sessionId: String(session.id) };
  }
  const isCleared = ({ setCookies }: Answer) => {
    const { name, value, attributes } = parseSetCookie(setCookies[0] ?? '');
    return (
      setCookies.length === 1 && name === 'refresh_token' && value === '' && attributes['max-age'] === '0'
    );
  };
  const logoutWith = (cookie: string) =>
    send(server().url, LOGOUT, {}, { cookie: `refresh_token=${cookie}` });

  it('twice is ok: the second ends nothing and clears the cookie as well', async () => {
    const { page, sessionId } = await signIn();
    const token = page.refreshToken ?? '';
    const first = await page.send(LOGOUT);
    const second = await logoutWith(token);
    const third = await page.send(LOGOUT);
    expect([first, second, third].map(({ data }) => data.logout.ended)).toEqual([true, false, false]);
    expect([first, second, third].map(isCleared)).toEqual([true, true, true]);
    expect(await auditOf(database(), sessionId, 'SESSION_ENDED')).toHaveLength(1);
  });

  it('with rubbish is ok: nothing ends, the cookie is cleared', async () => {
    const { page } = await signIn();
    const before = await snapshot(database());
    const rubbish = ['', 'x', 'pr1_', `pr1_${'A'.repeat(72)}`, `${page.refreshToken}x`, 'deleted'];
    for (const cookie of rubbish) {
      const answer = await logoutWith(cookie);
      expect(answer.data).toEqual({ logout: { ended: false } });
      expect(isCleared(answer)).toBe(true);
    }
    expect(await snapshot(database())).toBe(before);
    expect((await page.send(REFRESH)).errors).toBeUndefined();
  });

  it('with a session that ended otherwise is ok: how it ended stays', async () => {
    const { page, accessToken, sessionId } = await signIn();
    await page.send(REVOKE_SESSION, { id: sessionId }, bearer(accessToken));
    const before = await snapshot(database());
    const answer = await page.send(LOGOUT);
    expect(answer.data).toEqual({ logout: { ended: false } });
    expect(isCleared(answer)).toBe(true);
    expect(await snapshot(database())).toBe(before);
  });

  it('ten times at once ends one session once', async () => {
    const { page, sessionId } = await signIn();
    const token = page.refreshToken ?? '';
    const answers = await Promise.all(Array.from({ length: 10 }, () => logoutWith(token)));
    expect(answers.filter(({ data }) => data.logout.ended)).toHaveLength(1);
    expect(answers.every(isCleared)).toBe(true);
    expect(await auditOf(database(), sessionId, 'SESSION_ENDED')).toHaveLength(1);
  });

  it('a late SESSION_ENDED of an old session neither sets nor clears the cookie of a new login', async () => {
    const { page, email, password, accessToken } = await signIn();
    const old = page.refreshToken ?? '';
    await page.send(LOGIN, { input: { email, password } });
    const cookie = page.cookie;
    const ended = { reason: 'SESSION_ENDED', endReason: 'LOGOUT' };
    for (const document of [ME, MY_SESSIONS]) {
      const late = await page.send(document, {}, bearer(accessToken));
      expect(late.refusal).toMatchObject(ended);
      expect(late.setCookies).toEqual([]);
    }
    const lateRefresh = await send(server().url, REFRESH, {}, { cookie: `refresh_token=${old}` });
    expect(lateRefresh.refusal).toMatchObject(ended);
    expect(lateRefresh.setCookies).toEqual([]);
    expect(page.cookie).toBe(cookie);
    expect((await page.send(REFRESH)).errors).toBeUndefined();
  });

  it('is not done by a refused document: the cookie stays where logout never ran', async () => {
    const { page } = await signIn();
    for (const document of [
      'mutation { logout { ended } nonsense }',
      'mutation { logout { ended } } mutation { other: logout { ended } }',
      'mutation { a: logout { ended } b: logout { ended } }',
    ]) {
      const answer = await page.send(document);
      expect(answer.status).toBe(400);
      expect(answer.setCookies).toEqual([]);
    }
    expect((await page.send(REFRESH)).errors).toBeUndefined();
  });
});
