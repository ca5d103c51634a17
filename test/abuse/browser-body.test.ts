import { Browser } from '../support/browser.ts';
import {
  type Answer,
  LOGIN,
  LOGOUT,
  REFRESH,
  REGISTER,
  refreshWith,
  registerUser,
  send,
  type Tokens,
} from '../support/client.ts';
import { snapshot } from '../support/rows.ts';
import { onSqlite, runServer } from '../support/running.ts';

const WEB_VIEW = 'capacitor://localhost';
const badInput = (field: string) => ({ code: 'BAD_USER_INPUT', field, problem: 'BROWSER' });

onSqlite('D2 a browser and the body', (database) => {
  const server = runServer(database, { BODY_ORIGINS: WEB_VIEW });
  let user: Tokens & { email: string; password: string };
  let page: Browser;
  beforeAll(async () => {
    user = await registerUser(server().url);
    page = new Browser(server().url);
    await page.send(LOGIN, { input: { email: user.email, password: user.password } });
  });
  const account = () => ({ email: user.email, password: user.password });
  const newcomer = () => ({ email: `d2-${Math.random()}@example.com`, password: 'a page that asks' });

  /** Each of them marks a browser, alone. */
  const marks = (): [string, Record<string, string>][] => [
    ['its own Origin', { origin: new URL(server().url).origin }],
    ['a foreign Origin', { origin: 'https://evil.example' }],
    ['a null Origin', { origin: 'null' }],
    ...['same-origin', 'same-site', 'cross-site', 'none', 'odd'].map(
      (site): [string, Record<string, string>] => [`Sec-Fetch-Site: ${site}`, { 'sec-fetch-site': site }],
    ),
    ['our cookie', { cookie: page.cookie }],
    ['our cookie, empty', { cookie: 'refresh_token=' }],
    ['a look-alike of the web view', { origin: `${WEB_VIEW}.evil.example` }],
  ];

  async function refusedUnchanged(ask: (mark: Record<string, string>) => Promise<Answer>, field: string) {
    const before = await snapshot(database());
    for (const [name, mark] of marks()) {
      const answer = await ask(mark);
      expect({ name, refusal: answer.refusal }).toEqual({ name, refusal: badInput(field) });
      expect(answer.setCookies).toEqual([]);
      expect(answer.text).not.toContain('pr1_');
    }
    expect(await snapshot(database())).toBe(before);
  }

  it('is refused BODY at login: nobody is signed in, the session of its cookie lives', async () => {
    await refusedUnchanged(
      (mark) => send(server().url, LOGIN, { input: { ...account(), transport: 'BODY' } }, mark),
      'transport',
    );
  });

  it('is refused BODY at register: no account is made', async () => {
    await refusedUnchanged(
      (mark) => send(server().url, REGISTER, { input: { ...newcomer(), transport: 'BODY' } }, mark),
      'transport',
    );
  });

  it('is refused a refreshToken at refresh, and nothing is rotated', async () => {
    for (const refreshToken of [user.refreshToken, page.refreshToken ?? '', '', 'rubbish']) {
      await refusedUnchanged(
        (mark) => send(server().url, REFRESH, { input: { refreshToken } }, mark),
        'refreshToken',
      );
    }
    expect((await refreshWith(server().url, user.refreshToken)).errors).toBeUndefined();
  });

  it('is refused a refreshToken at logout, and nothing ends', async () => {
    for (const refreshToken of [user.refreshToken, page.refreshToken ?? '', 'rubbish']) {
      await refusedUnchanged(
        (mark) => send(server().url, LOGOUT, { input: { refreshToken } }, mark),
        'refreshToken',
      );
    }
    expect((await refreshWith(server().url, user.refreshToken)).errors).toBeUndefined();
  });

  it('finds a refresh token in no body that it can get', async () => {
    const bodies = [
      await page.send(REGISTER, { input: newcomer() }),
      await page.send(LOGIN, { input: account() }),
      await page.send(REFRESH),
      await page.send(REFRESH),
      await page.send(LOGIN, { input: { ...account(), rememberMe: false } }),
      await page.send(REFRESH),
      await page.send(LOGOUT),
    ];
    for (const { errors, text, data } of bodies) {
      expect(errors).toBeUndefined();
      expect(text).not.toContain('pr1_');
      const payload = data.register ?? data.login ?? data.refresh;
      if (payload !== undefined) expect(payload.refreshToken).toBeNull();
    }
  });

  it('gets no token of a cookie session in the body by leaving out what marks it as a browser', async () => {
    const tab = new Browser(server().url);
    await tab.send(LOGIN, { input: account() });
    const asNative = await refreshWith(server().url, tab.refreshToken ?? '');
    expect(asNative.refusal).toEqual({ code: 'UNAUTHENTICATED', reason: 'INVALID' });
    expect(asNative.text).not.toContain('pr1_');
  });
});

onSqlite('D2 a web view of BODY_ORIGINS', (database) => {
  const server = runServer(database, { BODY_ORIGINS: WEB_VIEW });
  const view = (query: string, variables: object = {}, headers: Record<string, string> = {}) =>
    send(server().url, query, variables, { origin: WEB_VIEW, 'sec-fetch-site': 'cross-site', ...headers });

  it('uses the body for everything, and never gets a cookie', async () => {
    const input = { email: 'view@example.com', password: 'a web view of ours', transport: 'BODY' };
    const registered = await view(REGISTER, { input });
    const first = registered.data.register.refreshToken;
    const loggedIn = await view(LOGIN, { input });
    const refreshed = await view(REFRESH, { input: { refreshToken: first } });
    expect(refreshed.data.refresh.refreshToken).toMatch(/^pr1_/);
    const out = await view(LOGOUT, { input: { refreshToken: refreshed.data.refresh.refreshToken } });
    expect(out.data.logout.ended).toBe(true);
    for (const answer of [registered, loggedIn, refreshed, out]) {
      expect(answer.setCookies).toEqual([]);
      expect(answer.headers.get('access-control-allow-origin')).toBe(WEB_VIEW);
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    }
  });

  it('is refused the cookie transport, and the cookie is not looked at', async () => {
    const user = await registerUser(server().url);
    const { email, password } = user;
    const page = new Browser(server().url);
    await page.send(LOGIN, { input: { email, password } });
    const before = await snapshot(database());
    expect((await view(LOGIN, { input: { email, password } })).refusal).toEqual({ code: 'FORBIDDEN' });
    const withCookie = await view(REFRESH, {}, { cookie: page.cookie });
    expect(withCookie.refusal).toEqual({ code: 'UNAUTHENTICATED', reason: 'MISSING' });
    const out = await view(LOGOUT, {}, { cookie: page.cookie });
    expect(out.data).toEqual({ logout: { ended: false } });
    const both = { input: { refreshToken: user.refreshToken } };
    for (const document of [REFRESH, LOGOUT]) {
      const answer = await view(document, both, { cookie: page.cookie });
      expect(answer.refusal).toEqual(badInput('refreshToken'));
    }
    for (const answer of [withCookie, out]) expect(answer.setCookies).toEqual([]);
    expect(await snapshot(database())).toBe(before);

    const signedIn = await view(
      LOGIN,
      { input: { email, password, transport: 'BODY' } },
      { cookie: page.cookie },
    );
    expect(signedIn.data.login.refreshToken).toMatch(/^pr1_/);
    expect((await page.send(REFRESH)).errors).toBeUndefined();
  });
});
