import { gzipSync } from 'node:zlib';
import { type Answer, type Question, send } from '../http/client.ts';
import { registerUser } from '../support/client.ts';
import { snapshot } from '../support/rows.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { introspect, newService, type Service } from '../support/service.ts';

const FORM = 'application/x-www-form-urlencoded';
const PATHS = ['/oauth/introspect', '/oauth/revoke'];

onSqlite('requests to /oauth', (database) => {
  const server = runServer(database);
  let service: Service;
  let token: string;
  beforeAll(async () => {
    service = await newService(database());
    token = (await registerUser(server().url)).accessToken;
  });

  const ask = (path: string, { headers, ...question }: Question): Promise<Answer> => {
    const { authorization } = service;
    const port = Number(new URL(server().url).port);
    const all = { authorization, 'content-type': FORM, ...headers };
    return send(port, { method: 'POST', path, headers: all, ...question });
  };

  const refused: [status: number, name: string, question: () => Question][] = [
    [400, 'no body', () => ({})],
    [400, 'no token', () => ({ body: 'token_type_hint=access_token' })],
    [400, 'an empty token, which is none', () => ({ body: 'token=' })],
    [400, 'two tokens', () => ({ body: `token=${token}&token=${token}` })],
    [400, 'two hints', () => ({ body: `token=${token}&token_type_hint=a&token_type_hint=b` })],
    [400, 'bytes that are not UTF-8', () => ({ body: Buffer.from([0x74, 0x3d, 0xff]) })],
    [
      415,
      'JSON',
      () => ({ headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token }) }),
    ],
    [415, 'no type', () => ({ headers: { 'content-type': '' }, body: `token=${token}` })],
    [
      415,
      'a part of many',
      () => ({ headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: 'x' }),
    ],
    [
      415,
      'another charset',
      () => ({ headers: { 'content-type': `${FORM}; charset=utf-16` }, body: `token=${token}` }),
    ],
    [415, 'two types', () => ({ headers: { 'content-type': [FORM, 'text/plain'] }, body: `token=${token}` })],
    [
      415,
      'something compressed',
      () => ({ headers: { 'content-encoding': 'gzip' }, body: gzipSync(`token=${token}`) }),
    ],
    [413, 'more than a mebibyte', () => ({ body: `token=${'x'.repeat(2 ** 20)}` })],
  ];

  describe.each(PATHS)('%s', (path) => {
    it.each(refused)(
      'answers %s to %s, in the form of RFC 6749 §5.2, and does nothing',
      async (status, _, question) => {
        const before = await snapshot(database());
        const answer = await ask(path, question());
        expect(answer.status).toBe(status);
        expect(answer.json()).toEqual({ error: 'invalid_request', error_description: expect.any(String) });
        expect(answer.text).not.toContain(token);
        expect(await snapshot(database())).toBe(before);
      },
    );

    it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])(
      'has no %s: a token belongs in no query string',
      async (method) => {
        const answer = await ask(`${path}?token=${token}`, { method });
        expect(answer.status).toBe(405);
        expect(answer.headers.allow).toBe('POST');
      },
    );

    it('refuses a body before it has read it, when the credential is not good', async () => {
      const headers = { authorization: 'Basic eDp5' };
      const answer = await ask(path, { headers, body: `token=${'x'.repeat(2 ** 21)}` });
      expect(answer.status).toBe(401);
    });

    it('H5 says no-store and the security headers with every answer', async () => {
      const headers = { authorization: '' };
      for (const question of [{ body: 'token=x' }, {}, { headers, body: 'token=x' }, { method: 'GET' }]) {
        expect((await ask(path, question)).headers).toMatchObject({
          'cache-control': 'no-store',
          'x-content-type-options': 'nosniff',
          'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
          'x-request-id': expect.any(String),
        });
      }
    });
  });

  it('are served with the type in any case, with a charset, and with parameters that nobody knows: the control', async () => {
    for (const type of [FORM, FORM.toUpperCase(), `${FORM};charset=UTF-8`]) {
      const body = `resource=x&token=${token}&token_type_hint=access_token`;
      const answer = await ask('/oauth/introspect', { headers: { 'content-type': type }, body });
      expect(answer.json()).toMatchObject({ active: true });
    }
    expect((await introspect(server().url, service, token)).body).toMatchObject({ active: true });
  });
});
