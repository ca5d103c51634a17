import { judgeOrigin } from '../../src/http/origin.ts';
import { postRaw, send } from './client.ts';
import { ORIGIN, startServer, stopServers, WEB_VIEW } from './running-server.ts';

afterEach(stopServers);

const POLICY = { allowedOrigins: [ORIGIN], bodyOrigins: [WEB_VIEW] };

function judge(headers: { origin?: string; fetchSite?: string; refreshCookie?: boolean }) {
  const { origin, fetchSite, refreshCookie = false } = headers;
  return judgeOrigin({ origin, fetchSite, refreshCookie }, POLICY);
}

describe('who asks', () => {
  it.each([
    ['nothing of a browser', {}, 'native'],
    ['an Origin', { origin: ORIGIN }, 'browser'],
    ['a foreign Origin', { origin: 'https://evil.example' }, 'browser'],
    ['an empty Origin', { origin: '' }, 'browser'],
    ['Sec-Fetch-Site', { fetchSite: 'same-origin' }, 'browser'],
    ['our refresh cookie', { refreshCookie: true }, 'browser'],
    ['the Origin of a web view', { origin: WEB_VIEW, fetchSite: 'cross-site' }, 'webView'],
    ['the Origin of a web view and our cookie', { origin: WEB_VIEW, refreshCookie: true }, 'webView'],
  ])('%s', (_, headers, client) => {
    expect(judge(headers).client).toBe(client);
  });
});

describe('D5 who may use the cookie', () => {
  it.each([
    ['the allowed origin', { origin: ORIGIN }],
    ['the allowed origin of the same site', { origin: ORIGIN, fetchSite: 'same-site' }],
    ['no origin, as native clients', {}],
    ['no origin, from our own page', { fetchSite: 'same-origin' }],
    ['no origin, typed into the address bar', { fetchSite: 'none' }],
  ])('allowed: %s', (_, headers) => {
    expect(judge(headers).cookieAllowed).toBe(true);
  });

  it.each([
    ['a foreign origin', { origin: 'https://evil.example' }],
    ['null', { origin: 'null' }],
    ['empty', { origin: '' }],
    ['a sub-domain', { origin: 'https://x.app.example.com' }],
    ['the parent domain', { origin: 'https://example.com' }],
    ['http for https', { origin: 'http://app.example.com' }],
    ['another port', { origin: 'https://app.example.com:8443' }],
    ['other case', { origin: 'https://APP.example.com' }],
    ['a trailing slash', { origin: 'https://app.example.com/' }],
    ['a longer name', { origin: 'https://app.example.com.evil.example' }],
    ['two origins', { origin: `${ORIGIN}, ${ORIGIN}` }],
    [
      'a foreign origin that claims same-origin',
      { origin: 'https://evil.example', fetchSite: 'same-origin' },
    ],
    ['a web view', { origin: WEB_VIEW, fetchSite: 'same-origin' }],
    ['no origin, from another site', { fetchSite: 'cross-site' }],
    ['no origin, from a neighbour', { fetchSite: 'same-site' }],
    ['no origin, unknown metadata', { fetchSite: 'same-origin, cross-site' }],
    ['no origin, empty metadata', { fetchSite: '' }],
  ])('refused: %s', (_, headers) => {
    expect(judge(headers).cookieAllowed).toBe(false);
  });
});

describe('D5 over HTTP', () => {
  it('refuses the cookie for two Origin headers and for a rebound Host; one honest Origin passes', async () => {
    const { port, endpoint } = await startServer();
    await postRaw(port, [`Origin: ${ORIGIN}`, `Origin: ${ORIGIN}`]);
    expect(endpoint.facts).toMatchObject({ cookieAllowed: false, client: 'browser' });
    await postRaw(port, ['Origin: http://localhost', 'Sec-Fetch-Site: same-origin']);
    expect(endpoint.facts.cookieAllowed).toBe(false);
    await postRaw(port, ['Sec-Fetch-Site: same-origin', 'Sec-Fetch-Site: cross-site']);
    expect(endpoint.facts.cookieAllowed).toBe(false);
    await postRaw(port, [`Origin: ${ORIGIN}`]);
    expect(endpoint.facts.cookieAllowed).toBe(true);
  });
});

describe('CORS', () => {
  const ask = (port: number, method: string, origin: string | undefined) =>
    send(port, {
      method,
      path: '/graphql',
      headers: {
        'content-type': 'application/json',
        ...(origin === undefined ? {} : { origin }),
        ...(method === 'OPTIONS' ? { 'access-control-request-method': 'POST' } : {}),
      },
      ...(method === 'POST' ? { body: '{"query":"{me}"}' } : {}),
    });

  it('lets an allowed origin ask first and read the answer, with the cookie', async () => {
    const { port } = await startServer();
    const preflight = await ask(port, 'OPTIONS', ORIGIN);
    expect(preflight.status).toBe(204);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers':
        'content-type, authorization, apollo-require-preflight, x-apollo-operation-name',
      'access-control-max-age': '600',
      vary: 'Origin',
    });
    const answer = await ask(port, 'POST', ORIGIN);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    });
  });

  it('lets a web view read the answer, without the cookie', async () => {
    const { port } = await startServer();
    for (const method of ['OPTIONS', 'POST']) {
      const { headers } = await ask(port, method, WEB_VIEW);
      expect(headers['access-control-allow-origin']).toBe(WEB_VIEW);
      expect(headers['access-control-allow-credentials']).toBeUndefined();
    }
  });

  it.each(['https://evil.example', 'null', '*', undefined])('D5 tells %s nothing', async (origin) => {
    const { port } = await startServer();
    for (const method of ['OPTIONS', 'POST']) {
      const { headers } = await ask(port, method, origin);
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      expect(headers.vary).toBe('Origin');
    }
  });

  it('lets an allowed origin read refusals too', async () => {
    const { port } = await startServer();
    const headers = { origin: ORIGIN, 'content-type': 'text/plain' };
    const refused = await send(port, { method: 'POST', path: '/graphql', headers, body: 'x' });
    expect(refused.status).toBe(415);
    expect(refused.headers['access-control-allow-origin']).toBe(ORIGIN);
  });
});
