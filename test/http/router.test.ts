import { createHash } from 'node:crypto';
import { send } from './client.ts';
import { startServer, stopServers } from './running-server.ts';

afterEach(stopServers);

const HTML = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

/** The values of one directive of a content security policy. */
function sources(policy: string | string[] | undefined, directive: string): string {
  const found = String(policy)
    .split('; ')
    .find((entry) => entry.startsWith(`${directive} `));
  return found ?? '';
}

function sha256(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

describe('GET /graphql by a browser', () => {
  it('is GraphiQL: one inline script that its policy admits by hash, and no other host', async () => {
    const { port, endpoint } = await startServer();
    const { status, headers, text } = await send(port, { path: '/graphql', headers: HTML });
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(endpoint.asked).toEqual([]);
    const script = text.slice(text.indexOf('<script>') + 8, text.lastIndexOf('</script>'));
    const policy = headers['content-security-policy'];
    expect(sources(policy, 'script-src')).toBe(`script-src ${sha256(script)}`);
    expect(sources(policy, 'connect-src')).toBe("connect-src 'self'");
    expect(sources(policy, 'default-src')).toBe("default-src 'none'");
    expect(sources(policy, 'frame-ancestors')).toBe("frame-ancestors 'none'");
    expect(script).toContain('mySessions');
  });

  it('references nothing but data of its own outside its script', async () => {
    const { port } = await startServer();
    const { text } = await send(port, { path: '/graphql', headers: HTML });
    const markup = text.slice(0, text.indexOf('<script>'));
    const references = markup.match(/(?:src|href)="[^"]{0,40}|url\([^)]{0,40}|@import/g) ?? [];
    expect(references.length).toBeGreaterThan(0);
    expect(references.filter((reference) => !/(?:href="|url\()data:/.test(reference))).toEqual([]);
  });

  it('keeps access tokens out of the browser storage and documents out of the address bar', async () => {
    const { port } = await startServer();
    const { text } = await send(port, { path: '/graphql', headers: HTML });
    const options = text.slice(text.lastIndexOf("querySelector('#root')"));
    expect(options).toContain('"shouldPersistHeaders":false');
    expect(options).toContain('"onEditQuery":null');
  });

  it('goes to the GraphQL server where GraphiQL is off, and where there is a query', async () => {
    const off = await startServer({ graphiql: false });
    await send(off.port, { path: '/graphql', headers: HTML });
    expect(off.endpoint.asked).toHaveLength(1);
    const on = await startServer();
    await send(on.port, { path: '/graphql?query=%7Bme%7D', headers: HTML });
    expect(on.endpoint.asked).toHaveLength(1);
  });
});

it('goes to the GraphQL server for a GET that asks for no page', async () => {
  const { port, endpoint } = await startServer();
  const headers = { accept: 'application/json' };
  const { text } = await send(port, { path: '/graphql?query=%7Bme%7Bid%7D%7D', headers });
  expect(text).toBe('{"data":{}}');
  expect(endpoint.asked[0]?.request).toMatchObject({ method: 'GET', search: '?query=%7Bme%7Bid%7D%7D' });
});

it('publishes the keys for every page to read and for a minute in caches', async () => {
  const { port } = await startServer();
  const { status, headers, json } = await send(port, { path: '/.well-known/jwks.json' });
  expect(status).toBe(200);
  expect(json()).toEqual({ keys: [{ kty: 'OKP', kid: 'k1' }] });
  expect(headers['cache-control']).toBe('public, max-age=60');
  expect(headers['access-control-allow-origin']).toBe('*');
  expect(headers['access-control-allow-credentials']).toBeUndefined();
});

describe('health', () => {
  it('is alive', async () => {
    const { port } = await startServer({ readiness: async () => [{ name: 'database', ok: false }] });
    expect((await send(port, { path: '/livez' })).json()).toEqual({ status: 'ok' });
  });

  it('is ready when every check is', async () => {
    const { port } = await startServer();
    const { status, json } = await send(port, { path: '/readyz' });
    expect(status).toBe(200);
    expect(json()).toEqual({ status: 'ready', checks: [{ name: 'database', ok: true }] });
  });

  it('names the check that fails', async () => {
    const checks = [
      { name: 'database', ok: false, detail: 'not reachable' },
      { name: 'migrations', ok: true },
    ];
    const { port } = await startServer({ readiness: async () => checks });
    const { status, json } = await send(port, { path: '/readyz' });
    expect(status).toBe(503);
    expect(json()).toEqual({ status: 'unavailable', checks });
  });

  it.each(['/', '/livez', '/readyz', '/.well-known/jwks.json'])(
    'answers HEAD %s without a body',
    async (path) => {
      const { port } = await startServer();
      const { text: body } = await send(port, { path });
      const { status, headers, text } = await send(port, { path, method: 'HEAD' });
      expect({ status, text }).toEqual({ status: 200, text: '' });
      expect(headers['content-length']).toBe(String(Buffer.byteLength(body)));
    },
  );
});

describe('what is not there', () => {
  it.each(['/graphql/', '/nothing', '/GRAPHQL', '//graphql', '/../graphql', '/__proto__'])(
    'is 404: %s',
    async (path) => {
      const { port, endpoint } = await startServer();
      const { status, json } = await send(port, { path, method: 'POST' });
      expect(status).toBe(404);
      expect(json()).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
      expect(endpoint.asked).toEqual([]);
    },
  );

  it.each([
    ['PUT', '/graphql', 'GET, POST, OPTIONS'],
    ['HEAD', '/graphql', 'GET, POST, OPTIONS'],
    ['DELETE', '/graphql', 'GET, POST, OPTIONS'],
    ['POST', '/.well-known/jwks.json', 'GET, HEAD'],
    ['POST', '/', 'GET, HEAD'],
    ['TRACE', '/livez', 'GET, HEAD'],
  ])('is 405 with Allow: %s %s', async (method, path, allow) => {
    const { port, endpoint } = await startServer();
    const { status, headers } = await send(port, { path, method });
    expect({ status, allow: headers.allow }).toEqual({ status: 405, allow });
    expect(endpoint.asked).toEqual([]);
  });
});
