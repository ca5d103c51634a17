import { send as sendHttp, sendRaw } from '../http/client.ts';
import { bearer, LOGIN, ME, registerUser } from '../support/client.ts';
import { consoleScript } from '../support/console.ts';
import { onSqlite, runServer } from '../support/running.ts';

const HSTS = 'max-age=31536000; includeSubDomains';

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

const json = { 'content-type': 'application/json' };
const graphql = (query: string, headers: Record<string, string> = {}): Asked => ({
  method: 'POST',
  path: '/graphql',
  headers: { ...json, ...headers },
  body: JSON.stringify({ query }),
});

/** Answers of every kind, and the status of each. */
const ASKED: [name: string, status: number, asked: Asked][] = [
  ['a denial', 200, graphql(ME)],
  ['a document that does not parse', 400, graphql('{')],
  ['a document that is not valid', 400, graphql('{ you }')],
  [
    'a mutation by GET',
    405,
    { path: '/graphql?query=mutation%7Blogout%7Bended%7D%7D', headers: { 'apollo-require-preflight': '1' } },
  ],
  ['a GET that could be a page’s', 400, { path: '/graphql?query=%7Bme%7Bid%7D%7D' }],
  ['a body of another type', 415, { ...graphql(ME), headers: { 'content-type': 'text/plain' } }],
  ['a body that is too large', 413, { ...graphql(ME), body: `{"query":"${'x'.repeat(1_100_000)}"}` }],
  [
    'a forbidden origin',
    200,
    graphql('mutation { refresh { accessToken } }', { origin: 'https://evil.example' }),
  ],
  ['a preflight', 204, { method: 'OPTIONS', path: '/graphql', headers: { origin: 'https://evil.example' } }],
  ['another method', 405, { method: 'PUT', path: '/graphql' }],
  ['no such path', 404, { path: '/nothing' }],
  ['the keys', 200, { path: '/.well-known/jwks.json' }],
  ['liveness', 200, { path: '/livez' }],
  ['readiness', 200, { path: '/readyz' }],
  ['the console', 200, { path: '/' }],
  ['a file of the console', 200, { path: consoleScript() }],
  ['a file that is no longer there', 404, { path: '/assets/index-00000000.js' }],
  ['a page that is known already', 304, { path: '/', headers: { 'if-none-match': '*' } }],
];

/** All others are no-store. */
const CACHED: Readonly<Record<string, string>> = {
  'the keys': 'public, max-age=60',
  'the console': 'no-cache',
  'a page that is known already': 'no-cache',
  'a file of the console': 'public, max-age=31536000, immutable',
};

for (const [issuer, https] of [
  ['https://auth.example.com', true],
  ['http://localhost:4000', false],
] as const) {
  onSqlite(`H5 the headers of answers of the whole server, issuer ${issuer}`, (database) => {
    const server = runServer(database, { ISSUER: issuer });
    const port = () => Number(new URL(server().url).port);
    const expectSafe = (headers: Record<string, unknown>) => {
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['strict-transport-security']).toBe(https ? HSTS : undefined);
      expect(headers['x-request-id']).toMatch(/^[\da-f-]{36}$/);
      expect(headers['server']).toBeUndefined();
      expect(headers['x-powered-by']).toBeUndefined();
    };

    it.each(ASKED)('%s', async (name, status, asked) => {
      const answer = await sendHttp(port(), asked);
      expect(answer.status).toBe(status);
      expectSafe(answer.headers);
      expect(answer.headers['cache-control']).toBe(CACHED[name] ?? 'no-store');
      expect(answer.headers['access-control-allow-origin']).toBe(name === 'the keys' ? '*' : undefined);
      expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
    });

    it('what carries tokens: login and me', async () => {
      const user = await registerUser(server().url);
      const login = await sendHttp(port(), {
        method: 'POST',
        path: '/graphql',
        headers: json,
        body: JSON.stringify({
          query: LOGIN,
          variables: { input: { email: user.email, password: user.password } },
        }),
      });
      const me = await sendHttp(port(), graphql(ME, bearer(user.accessToken)));
      for (const { status, headers } of [login, me]) {
        expect(status).toBe(200);
        expectSafe(headers);
        expect(headers['cache-control']).toBe('no-store');
      }
    });

    it('bytes that are no HTTP', async () => {
      const text = await sendRaw(port(), 'NONSENSE\r\n\r\n');
      const lines = text.split('\r\n\r\n')[0]?.split('\r\n').slice(1) ?? [];
      const headers = Object.fromEntries(lines.map((line) => line.toLowerCase().split(/: (.*)/s)));
      expect(text).toMatch(/^HTTP\/1\.1 400 /);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['cache-control']).toBe('no-store');
      expect(headers['strict-transport-security']).toBe(https ? HSTS.toLowerCase() : undefined);
    });
  });
}
