import { Browser } from '../support/browser.ts';
import {
  type Answer,
  bearer,
  LOGIN,
  LOGOUT,
  ME,
  MY_SESSIONS,
  REFRESH,
  REGISTER,
  REVOKE_OTHERS,
  registerUser,
  send,
  type Tokens,
} from '../support/client.ts';
import { onMysql } from '../support/databases.ts';
import { auditOf } from '../support/rows.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';

/** Words from inside, none of which a client may read (ASVS V16.5.1). */
const INSIDE =
  /sql|select|insert|update |no such|ECONN|ETIMEDOUT|127\.0\.0\.1|errno|typeorm|better-|node_modules|\.ts|\bat /i;

interface Signed {
  readonly user: Tokens & { email: string; password: string };
  readonly page: Browser;
}

async function signIn(url: string): Promise<Signed> {
  const user = await registerUser(url);
  const page = new Browser(url);
  await page.send(LOGIN, { input: { email: user.email, password: user.password } });
  return { user, page };
}

/** Every operation that needs the database, as the browser and the native client ask it. */
async function askAll(url: string, { user, page }: Signed): Promise<[name: string, answer: Answer][]> {
  const { email, password, refreshToken } = user;
  const as = bearer(user.accessToken);
  const stranger = { email: `f6-${Math.random()}@example.com`, password: 'while it is away' };
  return [
    ['me', await send(url, ME, {}, as)],
    ['mySessions', await send(url, MY_SESSIONS, {}, as)],
    ['revokeOtherSessions', await send(url, REVOKE_OTHERS, {}, as)],
    ['login', await send(url, LOGIN, { input: { email, password } })],
    ['a wrong login', await send(url, LOGIN, { input: { email, password: 'wrong' } })],
    ['register', await send(url, REGISTER, { input: stranger })],
    ['refresh by cookie', await page.send(REFRESH)],
    ['refresh in the body', await send(url, REFRESH, { input: { refreshToken } })],
    ['logout by cookie', await page.send(LOGOUT)],
    ['logout in the body', await send(url, LOGOUT, { input: { refreshToken } })],
    ['logout by bearer', await send(url, LOGOUT, {}, as)],
  ];
}

async function expectAsBefore(url: string, { user, page }: Signed): Promise<void> {
  expect((await send(url, ME, {}, bearer(user.accessToken))).data.me.id).toBe(user.userId);
  expect((await send(url, REFRESH, { input: { refreshToken: user.refreshToken } })).errors).toBeUndefined();
  expect((await page.send(REFRESH)).errors).toBeUndefined();
}

onMysql('F6 the database goes away', (database) => {
  let proxy: TcpProxy;
  let server: TestServer;
  beforeAll(async () => {
    const url = new URL(database().url);
    proxy = new TcpProxy({ host: url.hostname, port: Number(url.port || 3306) });
    url.hostname = '127.0.0.1';
    url.port = String(await proxy.open());
    server = await startTestServer({ url: url.href });
  });
  afterAll(async () => {
    await server.stop();
    await proxy.cut();
  });

  async function whileCut<T>(work: () => Promise<T>): Promise<T> {
    await proxy.cut();
    try {
      return await work();
    } finally {
      await proxy.open();
    }
  }

  it('is UNAVAILABLE to all: nobody is signed out, no cookie is set or cleared, and it recovers by itself', async () => {
    const signed = await signIn(server.url);
    const { cookie } = signed.page;
    const [answers, health] = await whileCut(async () => [
      await askAll(server.url, signed),
      await Promise.all(['livez', 'readyz'].map((path) => fetch(`${server.url}/${path}`))),
    ]);
    for (const [name, answer] of answers) {
      expect({ name, refusal: answer.refusal }).toEqual({
        name,
        refusal: { code: 'UNAVAILABLE', retryAfter: expect.any(Number) },
      });
      expect(answer.setCookies).toEqual([]);
      expect(JSON.stringify(answer.errors)).not.toMatch(INSIDE);
      expect(answer.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
    }
    expect(signed.page.cookie).toBe(cookie);
    expect(health.map(({ status }) => status)).toEqual([200, 503]);
    expect(await health[1]?.text()).not.toMatch(INSIDE);

    await expectAsBefore(server.url, signed);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    const events = await auditOf(database(), signed.user.sessionId);
    expect(events.map(({ type }) => type)).toEqual(['LOGIN_SUCCEEDED']);
  });

  it('tells the operator why, under the request id of the answer', async () => {
    const { user } = await signIn(server.url);
    const answer = await whileCut(() => send(server.url, ME, {}, bearer(user.accessToken)));
    const requestId = answer.headers.get('x-request-id');
    const lines = server.log().filter((line) => line['requestId'] === requestId);
    expect(lines).toContainEqual(expect.objectContaining({ code: 'UNAVAILABLE', err: expect.anything() }));
  });

  it('denies a forged token as ever, without the database', async () => {
    const { user } = await signIn(server.url);
    const answer = await whileCut(() => send(server.url, ME, {}, bearer(`${user.accessToken}x`)));
    expect(answer.refusal).toEqual({ code: 'UNAUTHENTICATED', reason: 'INVALID' });
  });
});

onSqlite('F6 the database is broken', (database) => {
  const server = runServer(database);

  async function without<T>(table: string, work: () => Promise<T>): Promise<T> {
    await database().query(`ALTER TABLE ${table} RENAME TO ${table}_away`);
    try {
      return await work();
    } finally {
      await database().query(`ALTER TABLE ${table}_away RENAME TO ${table}`);
    }
  }

  it('is INTERNAL_SERVER_ERROR with a request id and no word from inside; logout keeps the cookie', async () => {
    const signed = await signIn(server().url);
    const { cookie } = signed.page;
    const answers = await without('sessions', () => askAll(server().url, signed));
    for (const [name, answer] of answers.filter(([each]) => each !== 'a wrong login')) {
      expect({ name, errors: answer.errors }).toEqual({
        name,
        errors: [
          expect.objectContaining({
            message: 'Internal server error.',
            extensions: {
              code: 'INTERNAL_SERVER_ERROR',
              requestId: answer.headers.get('x-request-id'),
            },
          }),
        ],
      });
      expect(answer.setCookies).toEqual([]);
      expect(answer.text).not.toMatch(INSIDE);
    }
    expect(signed.page.cookie).toBe(cookie);
    await expectAsBefore(server().url, signed);
  });

  it('creates no account whose session could not be created', async () => {
    const input = { email: 'half@example.com', password: 'all of it or nothing', transport: 'BODY' };
    const refused = await without('sessions', () => send(server().url, REGISTER, { input }));
    expect(refused.refusal?.['code']).toBe('INTERNAL_SERVER_ERROR');
    expect((await send(server().url, REGISTER, { input })).errors).toBeUndefined();
  });

  it('ends no session whose ending could not be written to the security log', async () => {
    const { user } = await signIn(server().url);
    const logout = () => send(server().url, LOGOUT, { input: { refreshToken: user.refreshToken } });
    const answer = await without('audit_events', logout);
    expect(answer.refusal?.['code']).toBe('INTERNAL_SERVER_ERROR');
    expect((await send(server().url, ME, {}, bearer(user.accessToken))).errors).toBeUndefined();
    expect((await logout()).data).toEqual({ logout: { ended: true } });
  });

  it('tells the operator why, under the request id of the answer', async () => {
    const { user } = await signIn(server().url);
    const { refusal } = await without('sessions', () => send(server().url, ME, {}, bearer(user.accessToken)));
    const lines = server()
      .log()
      .filter((line) => line['requestId'] === refusal?.['requestId'] && line['level'] === 'error');
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines[0])).toContain('SQLITE_ERROR');
  });
});
