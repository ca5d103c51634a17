import { send as sendHttp } from '../http/client.ts';
import { Browser } from '../support/browser.ts';
import { LOGIN, LOGOUT, REFRESH, registerUser, type Tokens } from '../support/client.ts';
import { snapshot } from '../support/rows.ts';
import { onSqlite, runServer } from '../support/running.ts';

const JSON_TYPE = 'application/json';

onSqlite('D4 what a page may send across origins unasked', (database) => {
  const server = runServer(database);
  let user: Tokens & { email: string; password: string };
  let page: Browser;
  beforeAll(async () => {
    user = await registerUser(server().url);
    page = new Browser(server().url);
    await page.send(LOGIN, { input: { email: user.email, password: user.password } });
  });
  const ask = (path: string, headers: Record<string, string>, method = 'GET', body?: string) =>
    sendHttp(Number(new URL(server().url).port), {
      method,
      path,
      headers: { cookie: page.cookie, ...headers },
      ...(body === undefined ? {} : { body }),
    });
  const post = (headers: Record<string, string>, body: string) => ask('/graphql', headers, 'POST', body);
  const queryOf = (query: string, variables: object = {}) =>
    `/graphql?query=${encodeURIComponent(query)}&variables=${encodeURIComponent(JSON.stringify(variables))}`;
  const loginBody = () => {
    const { email, password } = user;
    return JSON.stringify({ query: LOGIN, variables: { input: { email, password } } });
  };

  it('runs as JSON: the control', async () => {
    const { email, password } = await registerUser(server().url);
    const body = JSON.stringify({ query: LOGIN, variables: { input: { email, password } } });
    const answer = await sendHttp(Number(new URL(server().url).port), {
      method: 'POST',
      path: '/graphql',
      headers: { 'content-type': JSON_TYPE },
      body,
    });
    expect(answer.status).toBe(200);
    expect(answer.headers['set-cookie']).toHaveLength(1);
  });

  it.each([
    'text/plain',
    'text/plain; application/json',
    'text/plain;charset=UTF-8',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json, text/plain',
    'application/graphql',
    'application/json; charset=utf-16',
    'image/png',
    'json',
    '',
  ])('is refused as %p before any query: nobody is signed in, no session of a cookie ends', async (type) => {
    const before = await snapshot(database());
    for (const mark of [{}, { 'apollo-require-preflight': '1' }, { origin: 'https://evil.example' }]) {
      for (const body of [loginBody(), JSON.stringify({ query: LOGOUT })]) {
        const answer = await post({ 'content-type': type, ...mark }, body);
        expect(answer.status).toBe(415);
        expect(answer.headers['set-cookie']).toBeUndefined();
      }
    }
    const untyped = await post({}, loginBody());
    expect(untyped.status).toBe(415);
    expect(await snapshot(database())).toBe(before);
  });

  it('is refused as a form or as a multipart upload that carries an operation', async () => {
    const before = await snapshot(database());
    const form = new URLSearchParams({ query: LOGOUT }).toString();
    const answer = await post({ 'content-type': 'application/x-www-form-urlencoded' }, form);
    expect(answer.status).toBe(415);
    const parts = `--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n${JSON.stringify({ query: LOGOUT })}\r\n--x--\r\n`;
    const upload = await post({ 'content-type': 'multipart/form-data; boundary=x' }, parts);
    expect(upload.status).toBe(415);
    expect(await snapshot(database())).toBe(before);
  });

  it('is no mutation by GET, with a preflight header or without, of whatever type', async () => {
    const before = await snapshot(database());
    const { email, password } = user;
    const paths = [
      queryOf(LOGIN, { input: { email, password } }),
      queryOf(REFRESH),
      queryOf(LOGOUT),
      queryOf('mutation { revokeOtherSessions { revokedCount } }'),
    ];
    const preflight = { 'apollo-require-preflight': '1' };
    const authorization = `Bearer ${user.accessToken}`;
    for (const path of paths) {
      for (const headers of [{}, preflight, { ...preflight, authorization, 'content-type': JSON_TYPE }]) {
        const answer = await ask(path, headers);
        expect([400, 405]).toContain(answer.status);
        expect(answer.headers['set-cookie']).toBeUndefined();
      }
    }
    expect(await snapshot(database())).toBe(before);
  });

  it('is no query by GET without a header that asks for a preflight, and with an odd type not either', async () => {
    const path = queryOf('{ me { id } }');
    const authorization = `Bearer ${user.accessToken}`;
    expect((await ask(path, { authorization })).status).toBe(400);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'nonsense', 'multipart/x']) {
      const answer = await ask(path, {
        authorization,
        'content-type': type,
        'apollo-require-preflight': '1',
      });
      expect(answer.status).toBe(415);
    }
    const asked = await ask(path, { authorization, 'apollo-require-preflight': '1' });
    expect(asked.json()).toEqual({ data: { me: { id: user.userId } } });
  });

  it.each(['PUT', 'DELETE', 'PATCH'])('is not %s', async (method) => {
    const before = await snapshot(database());
    const answer = await ask('/graphql', { 'content-type': JSON_TYPE }, method, loginBody());
    expect(answer.status).toBe(405);
    expect(await snapshot(database())).toBe(before);
  });

  it('is no body that names another operation than its query string', async () => {
    const before = await snapshot(database());
    const path = queryOf(LOGOUT);
    const answer = await ask(path, { 'content-type': JSON_TYPE }, 'POST', JSON.stringify({}));
    expect(answer.status).toBe(400);
    expect(await snapshot(database())).toBe(before);
  });
});
