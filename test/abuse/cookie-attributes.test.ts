import { Browser, parseSetCookie } from '../support/browser.ts';
import {
  bearer,
  LOGIN,
  LOGOUT,
  ME,
  MY_SESSIONS,
  REFRESH,
  REGISTER,
  REVOKE_ALL,
  REVOKE_OTHERS,
  REVOKE_SESSION,
} from '../support/client.ts';
import { onSqlite, runServer } from '../support/running.ts';

const ACCOUNT = { email: 'cookie@example.com', password: 'attributes of a cookie' };
/** A week, less the seconds since the rotation that a replay repeats. */
const WEEK = /^(604800|6047\d\d)$/;

/** All operations of a browser's day, in an order in which each succeeds; and what each does with the cookie. */
const DAY: [name: string, document: string, variables: object, cookie: 'set' | 'cleared' | 'left'][] = [
  ['register', REGISTER, { input: ACCOUNT }, 'set'],
  ['login', LOGIN, { input: ACCOUNT }, 'set'],
  ['me', ME, {}, 'left'],
  ['refresh', REFRESH, {}, 'set'],
  ['a replayed refresh', REFRESH, {}, 'set'],
  ['mySessions', MY_SESSIONS, {}, 'left'],
  ['revokeOtherSessions', REVOKE_OTHERS, {}, 'left'],
  ['revokeAllForUser', REVOKE_ALL, { userId: 'x' }, 'left'],
  ['revokeSession', REVOKE_SESSION, { id: 'x' }, 'left'],
  ['logout', LOGOUT, {}, 'cleared'],
  ['a second logout', LOGOUT, {}, 'cleared'],
  ['login without remembering', LOGIN, { input: { ...ACCOUNT, rememberMe: false } }, 'set'],
  ['refresh without remembering', REFRESH, {}, 'set'],
  ['a refused login', LOGIN, { input: { ...ACCOUNT, password: 'wrong' } }, 'left'],
  ['a refused registration', REGISTER, { input: ACCOUNT }, 'left'],
  ['the last logout', LOGOUT, {}, 'cleared'],
  ['refresh without a cookie', REFRESH, {}, 'left'],
];

const SCHEMES = [
  { issuer: 'http://localhost:4000', name: 'refresh_token', secure: {} },
  { issuer: 'https://auth.example.com', name: '__Host-refresh_token', secure: { secure: '' } },
];

for (const { issuer, name, secure } of SCHEMES) {
  onSqlite(`D1 the Set-Cookie of every operation, issuer ${issuer}`, (database) => {
    const server = runServer(database, { ISSUER: issuer });
    let page: Browser;
    let accessToken = '';
    beforeAll(() => {
      page = new Browser(server().url);
    });

    it.each(DAY)('%s', async (operation, document, variables, cookie) => {
      const headers: Record<string, string> = accessToken === '' ? {} : bearer(accessToken);
      const answer = await page.send(document, variables, headers);
      const payload = answer.data?.login ?? answer.data?.refresh ?? answer.data?.register;
      accessToken = payload?.accessToken ?? accessToken;
      if (cookie === 'left') {
        expect(answer.setCookies).toEqual([]);
        return;
      }
      expect(answer.setCookies).toHaveLength(1);
      const { attributes, ...set } = parseSetCookie(answer.setCookies[0] ?? '');
      const always = { path: '/', httponly: '', samesite: 'Strict', ...secure };
      if (cookie === 'cleared') {
        const gone = { 'max-age': '0', expires: 'Thu, 01 Jan 1970 00:00:00 GMT' };
        expect({ ...set, attributes }).toEqual({ name, value: '', attributes: { ...always, ...gone } });
        accessToken = '';
      } else {
        const life = operation.endsWith('without remembering')
          ? {}
          : { 'max-age': expect.stringMatching(WEEK) };
        expect({ ...set, attributes }).toEqual({
          name,
          value: expect.stringMatching(/^pr1_[\w-]{72}$/),
          attributes: { ...always, ...life },
        });
      }
    });
  });
}

onSqlite('D1 the life of the cookie', (database) => {
  const server = runServer(database, { SESSION_IDLE_TTL: '2h', SESSION_LIFETIME: '3h' });

  it('reaches to the inactivity deadline, and to the absolute one where that is nearer', async () => {
    const page = new Browser(server().url);
    const maxAge = (setCookies: string[]) =>
      Number(parseSetCookie(setCookies[0] ?? '').attributes['max-age']);
    const login = await page.send(REGISTER, { input: ACCOUNT });
    expect(maxAge(login.setCookies)).toBe(7_200);
    const sessionId = login.data.register.session.id;
    await database().age(sessionId, 90 * 60_000);
    const near = maxAge((await page.send(REFRESH)).setCookies);
    expect(near).toBeLessThanOrEqual(5_400);
    expect(near).toBeGreaterThan(5_300);
    await database().age(sessionId, 10_000);
    const replayed = maxAge((await page.send(REFRESH)).setCookies);
    expect(replayed).toBeLessThanOrEqual(5_390);
    expect(replayed).toBeGreaterThan(5_290);
  });
});

onSqlite('D1 COOKIE_SECURE on behind an http issuer', (database) => {
  const server = runServer(database, { COOKIE_SECURE: 'on' });

  it('makes the cookie Secure and gives it its prefix', async () => {
    const { setCookies } = await new Browser(server().url).send(REGISTER, { input: ACCOUNT });
    const { name, attributes } = parseSetCookie(setCookies[0] ?? '');
    expect(name).toBe('__Host-refresh_token');
    expect(attributes).toHaveProperty('secure');
    expect(attributes).not.toHaveProperty('domain');
  });
});
