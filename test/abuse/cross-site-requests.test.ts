import { type Answer, type Question, send as sendHttp, sendRaw } from '../http/client.ts';
import { Browser } from '../support/browser.ts';
import { LOGIN, LOGOUT, ME, REFRESH, registerUser, type Tokens } from '../support/client.ts';
import { snapshot } from '../support/rows.ts';
import { onSqlite, runServer } from '../support/running.ts';

const ISSUER = 'https://auth.example.com';
const EVIL = 'https://evil.example';
const JSON_TYPE = { 'content-type': 'application/json' };

/** What a browser says of a link, a form, a frame, an image of another site. */
const CARRIERS: [name: string, headers: Record<string, string>][] = [
  ['a link', { 'sec-fetch-dest': 'document', 'sec-fetch-mode': 'navigate', 'sec-fetch-user': '?1' }],
  ['a frame', { 'sec-fetch-dest': 'iframe', 'sec-fetch-mode': 'navigate' }],
  ['an image', { 'sec-fetch-dest': 'image', 'sec-fetch-mode': 'no-cors' }],
  ['a script', { 'sec-fetch-dest': 'script', 'sec-fetch-mode': 'no-cors' }],
];

onSqlite('D4, D5 what a page of another site can make a browser do', (database) => {
  const server = runServer(database, { ISSUER });
  let user: Tokens & { email: string; password: string };
  let cookie = '';
  beforeAll(async () => {
    user = await registerUser(server().url);
    const page = new Browser(server().url, ISSUER);
    await page.send(LOGIN, { input: { email: user.email, password: user.password } });
    cookie = page.cookie;
  });
  const port = () => Number(new URL(server().url).port);
  const ask = (question: Question) => sendHttp(port(), { path: '/graphql', ...question });
  const pathOf = (query: string) => `/graphql?query=${encodeURIComponent(query)}`;

  async function withoutEffect(work: () => Promise<readonly Answer[]>): Promise<void> {
    const before = await snapshot(database());
    for (const { headers, text } of await work()) {
      expect(headers['set-cookie']).toBeUndefined();
      expect(headers['access-control-allow-origin']).toBeUndefined();
      expect(text).not.toMatch(/pr1_|eyJ/);
    }
    expect(await snapshot(database())).toBe(before);
  }

  it.each(CARRIERS)(
    '%s with a query or a mutation in its address has no effect, cookie or not',
    async (_, fetched) => {
      await withoutEffect(async () => {
        const answers: Answer[] = [];
        for (const document of [LOGOUT, REFRESH, 'mutation { logout { ended } }', ME]) {
          for (const jar of [{}, { cookie }]) {
            const headers = {
              ...fetched,
              'sec-fetch-site': 'cross-site',
              accept: 'text/html,*/*;q=0.8',
              ...jar,
            };
            const answer = await ask({ path: pathOf(document), headers });
            expect(answer.status).toBe(400);
            answers.push(answer);
          }
        }
        return answers;
      });
    },
  );

  it('a form of another site signs nobody in, and nobody out', async () => {
    const { email, password } = user;
    const operation = JSON.stringify({ query: LOGIN, variables: { input: { email, password } } });
    await withoutEffect(async () => {
      const answers = [];
      for (const type of [
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'text/plain',
      ]) {
        const headers = {
          'content-type': type,
          origin: EVIL,
          'sec-fetch-dest': 'document',
          'sec-fetch-mode': 'navigate',
          'sec-fetch-site': 'cross-site',
          cookie,
        };
        const answer = await ask({ method: 'POST', headers, body: operation });
        expect(answer.status).toBe(415);
        answers.push(answer);
      }
      return answers;
    });
  });

  it('no header and no parameter turns one method into another', async () => {
    const body = JSON.stringify({ query: LOGOUT });
    await withoutEffect(async () => {
      const overrides = ['x-http-method-override', 'x-http-method', 'x-method-override'];
      const answers = await Promise.all([
        ...overrides.map((name) => ask({ headers: { ...JSON_TYPE, [name]: 'POST', cookie }, body })),
        ask({ path: `${pathOf('mutation { logout { ended } }')}&_method=POST`, headers: { cookie } }),
      ]);
      for (const { status } of answers) expect(status).toBe(400);
      return answers;
    });
  });

  it.each(['TRACE', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'PROPFIND', 'QUERY'])(
    '%s is refused everywhere',
    async (method) => {
      await withoutEffect(async () => {
        const answers = [];
        for (const path of ['/graphql', '/', '/livez', '/readyz', '/.well-known/jwks.json']) {
          if (method === 'HEAD' && path !== '/graphql') continue;
          const answer = await ask({ method, path, headers: { cookie, 'x-echo': 'me' } });
          expect(answer.status).toBe(405);
          expect(answer.headers['allow']).toBeDefined();
          // TRACE would hand a script the cookie that it cannot read.
          expect(answer.text).not.toContain(cookie);
          answers.push(answer);
        }
        return answers;
      });
    },
  );

  it('CONNECT opens no tunnel, and an upgrade no socket', async () => {
    const before = await snapshot(database());
    const tunnel = await sendRaw(
      port(),
      'CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n',
    );
    expect(tunnel).not.toMatch(/^HTTP\/1\.1 2/);
    const lines = [
      'GET /graphql HTTP/1.1',
      'Host: localhost',
      'Connection: Upgrade, close',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      `Origin: ${EVIL}`,
      `Cookie: ${cookie}`,
    ];
    const upgrade = await sendRaw(port(), `${lines.join('\r\n')}\r\n\r\n`);
    expect(upgrade).toMatch(/^HTTP\/1\.1 403 /);
    expect(await snapshot(database())).toBe(before);
  });

  it('two Sec-Fetch-Site headers are no same-origin one', async () => {
    const body = JSON.stringify({ query: REFRESH });
    const before = await snapshot(database());
    for (const sites of [
      ['same-origin', 'cross-site'],
      ['cross-site', 'same-origin'],
    ]) {
      const lines = [
        'POST /graphql HTTP/1.1',
        'Host: localhost',
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
        ...sites.map((site) => `Sec-Fetch-Site: ${site}`),
        `Cookie: ${cookie}`,
        'Connection: close',
      ];
      const text = await sendRaw(port(), `${lines.join('\r\n')}\r\n\r\n${body}`);
      expect(text).toContain('"code":"FORBIDDEN"');
    }
    expect(await snapshot(database())).toBe(before);
  });

  it('the same page of ours does all of it: the control', async () => {
    const page = new Browser(server().url, ISSUER);
    const site = { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' };
    const input = { email: user.email, password: user.password };
    expect((await page.send(LOGIN, { input }, site)).errors).toBeUndefined();
    expect((await page.send(REFRESH, {}, site)).errors).toBeUndefined();
    expect((await page.send(LOGOUT, {}, site)).data.logout.ended).toBe(true);
  });
});

onSqlite('D5 what CORS tells a browser', (database) => {
  const WEB_VIEW = 'capacitor://localhost';
  const server = runServer(database, { ISSUER, BODY_ORIGINS: WEB_VIEW });
  const ask = (question: Question) =>
    sendHttp(Number(new URL(server().url).port), { path: '/graphql', ...question });
  const preflight = (origin: string, more: Record<string, string> = {}) =>
    ask({
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,authorization',
        ...more,
      },
    });
  const cors = ({ headers }: Answer) =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => /^access-control|^vary$/.test(name)));

  it('a preflight permits by name, for ten minutes, an origin that was named', async () => {
    const permitted = {
      vary: 'Origin',
      'access-control-expose-headers': 'x-request-id',
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers':
        'content-type, authorization, apollo-require-preflight, x-apollo-operation-name',
      'access-control-max-age': '600',
    };
    const ours = await preflight(ISSUER);
    expect(ours.status).toBe(204);
    expect(cors(ours)).toEqual({
      ...permitted,
      'access-control-allow-origin': ISSUER,
      'access-control-allow-credentials': 'true',
    });
    // A web view never uses the cookie.
    expect(cors(await preflight(WEB_VIEW))).toEqual({
      ...permitted,
      'access-control-allow-origin': WEB_VIEW,
    });
  });

  it.each([EVIL, 'null', '', '*', `${ISSUER}.evil.example`, `${WEB_VIEW}:1`])(
    'a preflight permits %j nothing, and no cache mixes the two up',
    async (origin) => {
      expect(cors(await preflight(origin))).toEqual({ vary: 'Origin' });
    },
  );

  it('a preflight into a private network is permitted to nobody (Private Network Access)', async () => {
    for (const origin of [ISSUER, WEB_VIEW, EVIL]) {
      const { headers } = await preflight(origin, { 'access-control-request-private-network': 'true' });
      expect(headers['access-control-allow-private-network']).toBeUndefined();
    }
  });

  it.each<[string, number, Question]>([
    ['a denial', 200, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ query: ME }) }],
    ['another type', 415, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{}' }],
    ['broken JSON', 400, { method: 'POST', headers: JSON_TYPE, body: '{' }],
    ['a broken document', 400, { method: 'POST', headers: JSON_TYPE, body: '{"query":"{"}' }],
  ])('errors are read by pages of ours alone: %s', async (_, status, question) => {
    for (const [origin, allowed] of [
      [ISSUER, { 'access-control-allow-origin': ISSUER, 'access-control-allow-credentials': 'true' }],
      [WEB_VIEW, { 'access-control-allow-origin': WEB_VIEW }],
      [EVIL, {}],
    ] as const) {
      const answer = await ask({ ...question, headers: { ...question.headers, origin } });
      expect(answer.status).toBe(status);
      const exposed = origin === EVIL ? {} : { 'access-control-expose-headers': 'x-request-id' };
      expect(cors(answer)).toEqual({ vary: 'Origin', ...allowed, ...exposed });
    }
  });
});
