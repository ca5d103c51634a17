import { Browser, parseSetCookie } from '../support/browser.ts';
import {
  bearer,
  LOGIN,
  LOGOUT,
  login,
  ME,
  REFRESH,
  refreshWith,
  registerUser,
  send,
  tokensOf,
} from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { auditOf, sessionRow } from '../support/rows.ts';
import { runServer } from '../support/running.ts';

const MINUTE = 60_000;
const ENDED = { logout: { ended: true } };
const NOTHING = { logout: { ended: false } };

onEachDatabase('logout', (database) => {
  const server = runServer(database);
  const logout = (variables: object, headers: Record<string, string> = {}) =>
    send(server().url, LOGOUT, variables, headers);
  const lives = async (accessToken: string) =>
    (await send(server().url, ME, {}, bearer(accessToken))).errors === undefined;

  it('ends the session of the refresh token in the body, and sets no cookie', async () => {
    const user = await registerUser(server().url);
    const answer = await logout({ input: { refreshToken: user.refreshToken } });
    expect(answer.data).toEqual(ENDED);
    expect(answer.setCookies).toEqual([]);
    expect(await lives(user.accessToken)).toBe(false);
    const [event] = await auditOf(database(), user.sessionId, 'SESSION_ENDED');
    expect(event).toMatchObject({ detail: 'LOGOUT', ip_address: '127.0.0.1' });
  });

  it('ends the session of the cookie and clears it, with `input: null` and `{}` as without', async () => {
    const { email, password } = await registerUser(server().url);
    for (const variables of [{}, { input: null }, { input: {} }, { input: { refreshToken: null } }]) {
      const page = new Browser(server().url);
      const { accessToken } = (await page.send(LOGIN, { input: { email, password } })).data.login;
      const answer = await page.send(LOGOUT, variables);
      expect(answer.data).toEqual(ENDED);
      const { name, value, attributes } = parseSetCookie(answer.setCookies[0] ?? '');
      expect([name, value, attributes['max-age']]).toEqual(['refresh_token', '', '0']);
      expect(page.refreshToken).toBeUndefined();
      expect(await lives(accessToken)).toBe(false);
    }
  });

  it('ends the session of the bearer where there is no refresh token', async () => {
    const user = await registerUser(server().url);
    const other = await login(server().url, user);
    expect((await logout({}, bearer(user.accessToken))).data).toEqual(ENDED);
    expect(await lives(user.accessToken)).toBe(false);
    expect(await lives(other.accessToken)).toBe(true);
  });

  it('lets the refresh token decide and not the bearer, a rubbish one too', async () => {
    const user = await registerUser(server().url);
    const other = await login(server().url, user);
    const byToken = await logout({ input: { refreshToken: other.refreshToken } }, bearer(user.accessToken));
    expect(byToken.data).toEqual(ENDED);
    expect(await lives(other.accessToken)).toBe(false);
    expect(await lives(user.accessToken)).toBe(true);
    const rubbish = await logout({ input: { refreshToken: 'rubbish' } }, bearer(user.accessToken));
    expect(rubbish.data).toEqual(NOTHING);
    expect(await lives(user.accessToken)).toBe(true);
  });

  it('ends it by any refresh token with a good MAC, an old one too, and that is no reuse', async () => {
    const user = await registerUser(server().url);
    const next = tokensOf(await refreshWith(server().url, user.refreshToken), 'refresh');
    await refreshWith(server().url, next.refreshToken);
    await database().age(user.sessionId, MINUTE);
    expect((await logout({ input: { refreshToken: user.refreshToken } })).data).toEqual(ENDED);
    const events = await auditOf(database(), user.sessionId);
    expect(events.map(({ type }) => type)).toEqual(['LOGIN_SUCCEEDED', 'SESSION_ENDED']);
    expect((await sessionRow(database(), user.sessionId))['end_reason']).toBe('LOGOUT');
  });

  it('ends nothing by a token whose MAC is bad', async () => {
    const user = await registerUser(server().url);
    const row = await sessionRow(database(), user.sessionId);
    const bad = `${user.refreshToken.slice(0, -3)}AAA`;
    expect((await logout({ input: { refreshToken: bad } })).data).toEqual(NOTHING);
    expect(await sessionRow(database(), user.sessionId)).toEqual(row);
    expect(await lives(user.accessToken)).toBe(true);
  });

  it('works with an expired or stale bearer beside the refresh token, and without any', async () => {
    const user = await registerUser(server().url);
    const answer = await logout({ input: { refreshToken: user.refreshToken } }, bearer('rubbish'));
    expect(answer.data).toEqual(ENDED);
    expect((await logout({})).data).toEqual(NOTHING);
  });

  it('ends nothing that passed its deadline: the computed ending stays', async () => {
    const user = await registerUser(server().url);
    await database().age(user.sessionId, 7 * 24 * 60 * MINUTE);
    const row = await sessionRow(database(), user.sessionId);
    expect((await logout({ input: { refreshToken: user.refreshToken } })).data).toEqual(NOTHING);
    expect(await sessionRow(database(), user.sessionId)).toEqual(row);
    const refused = await refreshWith(server().url, user.refreshToken);
    expect(refused.refusal).toMatchObject({ reason: 'SESSION_ENDED', endReason: 'IDLE_TIMEOUT' });
  });

  it('in one tab is a logout of all tabs of the browser, and of no other browser', async () => {
    const { email, password } = await registerUser(server().url);
    const [page, elsewhere] = [new Browser(server().url), new Browser(server().url)];
    const { accessToken } = (await page.send(LOGIN, { input: { email, password } })).data.login;
    await elsewhere.send(LOGIN, { input: { email, password } });
    const tab = new Browser(server().url);
    tab.plant(page.cookie);
    await page.send(LOGOUT);
    const late = await tab.send(REFRESH);
    expect(late.refusal).toMatchObject({ reason: 'SESSION_ENDED', endReason: 'LOGOUT' });
    expect(await lives(accessToken)).toBe(false);
    expect((await elsewhere.send(REFRESH)).errors).toBeUndefined();
  });
});
