import { Browser, parseSetCookie } from '../support/browser.ts';
import { bearer, LOGOUT, ME, REFRESH, send } from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import {
  anAccessToken,
  aSession,
  aTime,
  aUser,
  WHOLE_LOGIN,
  WHOLE_MY_SESSIONS,
  WHOLE_REFRESH,
  WHOLE_REGISTER,
} from '../support/payloads.ts';
import { runServer } from '../support/running.ts';

const ACCOUNT = { email: 'browser@example.com', password: 'a cookie in every jar' };

onEachDatabase('a browser, whose refresh token stays in the httpOnly cookie', (database) => {
  const server = runServer(database);

  it('registers, refreshes, logs out, and holds no cookie then', async () => {
    const page = new Browser(server().url);
    const registered = await page.send(WHOLE_REGISTER, { input: ACCOUNT }, { 'user-agent': 'Browser/1.0' });
    const user = aUser({ email: ACCOUNT.email });
    const payload = {
      accessToken: anAccessToken(),
      tokenType: 'Bearer',
      expiresIn: 300,
      refreshToken: null,
      session: aSession({ userAgent: 'Browser/1.0', user }),
      user,
    };
    expect(registered.data).toEqual({ register: payload });
    expect(page.refreshToken).toMatch(/^pr1_[\w-]{72}$/);
    const { accessToken, session } = registered.data.register;
    expect((await page.send(ME, {}, bearer(accessToken))).setCookies).toEqual([]);

    const before = page.refreshToken;
    const refreshed = await page.send(WHOLE_REFRESH, {}, { 'user-agent': 'Browser/1.0' });
    expect(refreshed.data).toEqual({ refresh: payload });
    expect(refreshed.data.refresh.session.id).toBe(session.id);
    expect(page.refreshToken).not.toBe(before);

    const out = await page.send(LOGOUT);
    expect(out.data).toEqual({ logout: { ended: true } });
    expect(page.refreshToken).toBeUndefined();
    const ended = { code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED', endReason: 'LOGOUT', endedAt: aTime() };
    const late = bearer(refreshed.data.refresh.accessToken);
    expect((await page.send(ME, {}, late)).refusal).toEqual(ended);
    const signedOut = await page.send(REFRESH);
    expect(signedOut.refusal).toEqual({ code: 'UNAUTHENTICATED', reason: 'MISSING' });
  });

  it('logs in, and is the same session after a restart of the browser that kept the cookie', async () => {
    const page = new Browser(server().url);
    const { session } = (await page.send(WHOLE_LOGIN, { input: ACCOUNT })).data.login;
    const restored = new Browser(server().url);
    restored.plant(page.cookie);
    const { accessToken, ...refreshed } = (await restored.send(WHOLE_REFRESH)).data.refresh;
    expect(refreshed.session.id).toBe(session.id);
    const { mySessions } = (await restored.send(WHOLE_MY_SESSIONS, {}, bearer(accessToken))).data;
    expect(mySessions).toEqual([refreshed.session]);
  });

  it('refreshes with `input: null` and `refreshToken: null` as with none', async () => {
    const page = new Browser(server().url);
    await page.send(WHOLE_LOGIN, { input: ACCOUNT });
    expect((await page.send(REFRESH, { input: null })).errors).toBeUndefined();
    expect((await page.send(REFRESH, { input: { refreshToken: null } })).errors).toBeUndefined();
  });

  it('keeps a cookie to the end of the browser session with rememberMe false, at login and at refresh', async () => {
    const page = new Browser(server().url);
    const login = await page.send(WHOLE_LOGIN, { input: { ...ACCOUNT, rememberMe: false } });
    const refresh = await page.send(REFRESH);
    for (const { setCookies } of [login, refresh]) {
      const { attributes } = parseSetCookie(setCookies[0] ?? '');
      expect(Object.keys(attributes)).toEqual(['path', 'httponly', 'samesite']);
    }
    const remembered = await new Browser(server().url).send(WHOLE_LOGIN, { input: ACCOUNT });
    expect(parseSetCookie(remembered.setCookies[0] ?? '').attributes).toHaveProperty('max-age', '604800');
  });

  it('may be a client without Origin that keeps cookies: COOKIE is the transport unless it says otherwise', async () => {
    const login = await send(server().url, WHOLE_LOGIN, { input: ACCOUNT });
    expect(login.data.login.refreshToken).toBeNull();
    const { name, value } = parseSetCookie(login.setCookies[0] ?? '');
    const refreshed = await send(server().url, REFRESH, {}, { cookie: `${name}=${value}` });
    expect(refreshed.data.refresh.session.id).toBe(login.data.login.session.id);
  });
});
