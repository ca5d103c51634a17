import type { RequestHandler } from '../../src/http/exchange.ts';
import { consoleScript } from '../support/console.ts';
import { post, type Question, send, sendRaw } from './client.ts';
import { startServer, stopServers } from './running-server.ts';

afterEach(stopServers);

const HSTS = 'max-age=31536000; includeSubDomains';
const JSON_POLICY = "default-src 'none'; frame-ancestors 'none'";

const questions: [string, Question][] = [
  ['the console', {}],
  ['a file of the console', { path: consoleScript() }],
  ['a file that is known already', { headers: { 'if-none-match': '*' } }],
  ['GraphiQL', { path: '/graphql', headers: { accept: 'text/html' } }],
  ['a GraphQL answer', { path: '/graphql?query=x' }],
  ['a preflight', { path: '/graphql', method: 'OPTIONS' }],
  ['a refused GraphQL request', { path: '/graphql', method: 'POST', body: 'x' }],
  ['the JWKS', { path: '/.well-known/jwks.json' }],
  ['a service without a credential', { path: '/oauth/introspect', method: 'POST' }],
  ['liveness', { path: '/livez' }],
  ['readiness', { path: '/readyz' }],
  ['404', { path: '/nothing' }],
  ['405', { path: '/livez', method: 'POST' }],
  ['an odd expectation', { path: '/livez', headers: { expect: 'the-unexpected' } }],
];

describe('H5 the headers of every answer', () => {
  it.each(questions)('%s', async (_, question) => {
    const { port } = await startServer({}, { https: true });
    const { headers } = await send(port, question);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': HSTS,
      'x-request-id': expect.stringMatching(/^[\da-f-]{36}$/),
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
      'cross-origin-resource-policy': expect.any(String),
    });
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers['server']).toBeUndefined();
  });

  it('an error of ours', async () => {
    const handler: RequestHandler = () => Promise.reject(new Error('broken'));
    const { port } = await startServer({}, { https: true, handler });
    const { status, headers } = await post(port);
    expect(status).toBe(500);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': JSON_POLICY,
      'strict-transport-security': HSTS,
      'x-content-type-options': 'nosniff',
    });
  });

  it('bytes that are no request', async () => {
    const { port } = await startServer({}, { https: true });
    const answer = (await sendRaw(port, 'HELLO\r\n\r\n')).toLowerCase();
    for (const line of [
      'cache-control: no-store',
      `content-security-policy: ${JSON_POLICY}`,
      `strict-transport-security: ${HSTS.toLowerCase()}`,
      'x-content-type-options: nosniff',
      'connection: close',
    ]) {
      expect(answer).toContain(`\r\n${line}\r\n`);
    }
  });
});

it('H5 no-store stands on /graphql and on errors; the JWKS and the console may be cached', async () => {
  const { port } = await startServer();
  const cacheControl = async (question: Question) => (await send(port, question)).headers['cache-control'];
  expect(await cacheControl({ path: '/graphql?query=x' })).toBe('no-store');
  expect(await cacheControl({ path: '/graphql', method: 'POST' })).toBe('no-store');
  expect(await cacheControl({ path: '/nothing' })).toBe('no-store');
  expect(await cacheControl({ path: '/.well-known/jwks.json', method: 'POST' })).toBe('no-store');
  expect(await cacheControl({ path: '/', method: 'POST' })).toBe('no-store');
  expect(await cacheControl({ path: consoleScript(), method: 'POST' })).toBe('no-store');
  expect(await cacheControl({ path: '/graphql', headers: { accept: 'text/html' } })).toBe('no-store');
  expect(await cacheControl({ path: '/.well-known/jwks.json' })).toContain('public');
  expect(await cacheControl({ path: '/' })).toBe('no-cache');
  expect(await cacheControl({ path: consoleScript() })).toBe('public, max-age=31536000, immutable');
});

it('promises no https where there is none', async () => {
  const { port } = await startServer({}, { https: false });
  expect((await send(port)).headers['strict-transport-security']).toBeUndefined();
});

it('gives each request an id of its own and believes none that it is sent', async () => {
  const { port } = await startServer();
  const ids = await Promise.all([1, 2].map(() => post(port, { 'x-request-id': 'mine' })));
  const [first, second] = ids.map((answer) => answer.headers['x-request-id']);
  expect(first).not.toBe('mine');
  expect(first).not.toBe(second);
});
