import { send as sendHttp, sendRaw } from '../http/client.ts';
import { Browser } from '../support/browser.ts';
import { LOGIN, LOGOUT, ME, REFRESH, REGISTER, registerUser, send, type Tokens } from '../support/client.ts';
import { snapshot } from '../support/rows.ts';
import { onSqlite, runServer } from '../support/running.ts';

const ISSUER = 'https://auth.example.com';
const FORBIDDEN = { code: 'FORBIDDEN' };

const FOREIGN: [string, Record<string, string>][] = [
  ['a foreign Origin', { origin: 'https://evil.example' }],
  ['a null Origin', { origin: 'null' }],
  ['an empty Origin', { origin: '' }],
  ['a sub-domain', { origin: 'https://evil.auth.example.com' }],
  ['a neighbour', { origin: 'https://blog.example.com' }],
  ['the parent domain', { origin: 'https://example.com' }],
  ['our host by http', { origin: 'http://auth.example.com' }],
  ['our host on another port', { origin: 'https://auth.example.com:8443' }],
  ['our host and a dot', { origin: 'https://auth.example.com.' }],
  ['our host as a prefix', { origin: 'https://auth.example.com.evil.example' }],
  ['our host as a suffix', { origin: 'https://evil-auth.example.com' }],
  ['our host and a slash', { origin: 'https://auth.example.com/' }],
  ['our host in upper case', { origin: 'https://AUTH.EXAMPLE.COM' }],
  ['credentials before our host', { origin: 'https://evil@auth.example.com' }],
  ['two origins', { origin: `${ISSUER}, https://evil.example` }],
  ['a file', { origin: 'file://' }],
  ['no Origin, and a cross-site fetch', { 'sec-fetch-site': 'cross-site' }],
  ['no Origin, and a same-site fetch', { 'sec-fetch-site': 'same-site' }],
  ['no Origin, and a fetch of no known kind', { 'sec-fetch-site': 'Same-Origin' }],
  [
    'a foreign Origin that says same-origin',
    { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
  ],
];

const HONEST: [string, Record<string, string>][] = [
  ['our origin', { origin: ISSUER }],
  ['our origin, as a browser says it', { origin: ISSUER, 'sec-fetch-site': 'same-origin' }],
  ['another allowed origin', { origin: 'https://app.example.com', 'sec-fetch-site': 'same-site' }],
  ['no Origin, and a same-origin fetch', { 'sec-fetch-site': 'same-origin' }],
  ['no Origin, and an address that was typed', { 'sec-fetch-site': 'none' }],
  ['neither', {}],
];

onSqlite('D5 where a cookie operation comes from', (database) => {
  const server = runServer(database, {
    ISSUER,
    ALLOWED_ORIGINS: `${ISSUER},https://app.example.com`,
  });
  let user: Tokens & { email: string; password: string };
  let cookie = '';
  beforeAll(async () => {
    user = await registerUser(server().url);
    const page = new Browser(server().url, ISSUER);
    await page.send(LOGIN, { input: { email: user.email, password: user.password } });
    cookie = page.cookie;
  });

  it.each(FOREIGN)('%s is FORBIDDEN: no cookie, no session, nothing ended', async (_, headers) => {
    const before = await snapshot(database());
    const { email, password } = user;
    const newcomer = { email: `d5-${Math.random()}@example.com`, password: 'a stranger’s page' };
    const asked: [string, object][] = [
      [LOGIN, { input: { email, password } }],
      [LOGIN, { input: { email, password: 'wrong' } }],
      [REGISTER, { input: newcomer }],
      [REFRESH, {}],
      [LOGOUT, {}],
    ];
    for (const [document, variables] of asked) {
      for (const jar of [{}, { cookie }]) {
        const answer = await send(server().url, document, variables, { ...headers, ...jar });
        expect(answer.refusal).toEqual(FORBIDDEN);
        expect(answer.setCookies).toEqual([]);
        expect(answer.headers.get('access-control-allow-origin')).toBeNull();
        expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
      }
    }
    expect(await snapshot(database())).toBe(before);
  });

  it.each(HONEST)('%s is served: the control', async (_, headers) => {
    const { email, password } = user;
    const answer = await send(server().url, LOGIN, { input: { email, password } }, headers);
    expect(answer.errors).toBeUndefined();
    expect(answer.setCookies).toHaveLength(1);
    const origin = headers['origin'] ?? null;
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    expect(answer.headers.get('access-control-allow-credentials')).toBe(origin && 'true');
    expect(answer.headers.get('vary')).toContain('Origin');
  });

  it('DNS rebinding: a Host of the attacker’s makes no origin ours', async () => {
    const before = await snapshot(database());
    const { port } = new URL(server().url);
    const body = JSON.stringify({ query: REFRESH });
    for (const host of ['evil.example', `evil.example:${port}`, 'auth.example.com']) {
      const answer = await sendHttp(Number(port), {
        method: 'POST',
        path: '/graphql',
        headers: {
          host,
          origin: host === 'auth.example.com' ? 'https://evil.example' : `http://${host}`,
          'content-type': 'application/json',
          cookie,
        },
        body,
      });
      expect(answer.text).toContain('"code":"FORBIDDEN"');
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
    expect(await snapshot(database())).toBe(before);
  });

  it('two Origin headers are no allowed one', async () => {
    const before = await snapshot(database());
    const body = JSON.stringify({ query: REFRESH });
    const lines = [
      'POST /graphql HTTP/1.1',
      'Host: localhost',
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      `Origin: ${ISSUER}`,
      'Origin: https://evil.example',
      `Cookie: ${cookie}`,
      'Connection: close',
    ];
    const text = await sendRaw(Number(new URL(server().url).port), `${lines.join('\r\n')}\r\n\r\n${body}`);
    expect(text).toContain('"code":"FORBIDDEN"');
    expect(await snapshot(database())).toBe(before);
  });

  it('a preflight of a foreign origin gets no permission; ours does, and never for everybody', async () => {
    const preflight = (origin: string) =>
      fetch(`${server().url}/graphql`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      });
    for (const origin of ['https://evil.example', 'null', 'https://evil.auth.example.com']) {
      const { headers } = await preflight(origin);
      expect(headers.get('access-control-allow-origin')).toBeNull();
      expect(headers.get('access-control-allow-methods')).toBeNull();
    }
    const { headers } = await preflight(ISSUER);
    expect(headers.get('access-control-allow-origin')).toBe(ISSUER);
    expect(headers.get('access-control-allow-credentials')).toBe('true');
  });

  it('a bearer alone is no cookie operation: a foreign page that holds one gets an answer that it cannot read', async () => {
    const headers = { origin: 'https://evil.example', authorization: `Bearer ${user.accessToken}` };
    const answer = await send(server().url, ME, {}, headers);
    expect(answer.data.me.id).toBe(user.userId);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});
