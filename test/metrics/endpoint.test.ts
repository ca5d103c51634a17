import { once } from 'node:events';
import { Agent } from 'node:http';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { type Answer, type Question, send } from '../http/client.ts';
import { send as ask, ME } from '../support/client.ts';
import { freePort } from '../support/free-port.ts';
import { growth, scrape } from '../support/metrics.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const portOf = (url: string | undefined) => Number(new URL(url ?? '').port);

function get(server: TestServer, question: Question = {}): Promise<Answer> {
  return send(portOf(server.url), { path: '/metrics', ...question });
}

function expectMetrics({ status, headers, text }: Answer): void {
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(text).toContain('\nportcullis_ready{check="database"} 1\n');
}

/** As if there were no such path: nobody shall learn that there is something. */
async function expectNothing(server: TestServer, question: Question): Promise<void> {
  const [answer, nowhere] = [await get(server, question), await get(server, { ...question, path: '/no' })];
  expect([answer.status, answer.text]).toEqual([404, nowhere.text]);
}

/** By which machines of the network, and no process of this one, would reach it. */
const outside = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address;

onSqlite('/metrics in development, without a port of its own', (database) => {
  const server = runServer(database, { HOST: '0.0.0.0', TRUST_PROXY: '1' });

  it('answers this machine', async () => {
    expectMetrics(await get(server()));
    expectMetrics(await get(server(), { headers: { host: `localhost:${portOf(server().url)}` } }));
    expectMetrics(await get(server(), { headers: { host: '[::1]:4000' } }));
    const head = await get(server(), { method: 'HEAD' });
    expect([head.status, head.text]).toEqual([200, '']);
    expect((await get(server(), { method: 'POST' })).status).toBe(405);
    expect(server().metricsUrl).toBe(`${server().url}/metrics`);
  });

  it.each([
    ['x-forwarded-for', '203.0.113.9'],
    ['x-forwarded-for', '127.0.0.1'],
    ['forwarded', 'for=127.0.0.1'],
    ['x-forwarded-proto', 'https'],
    ['x-forwarded-host', 'localhost'],
    ['x-real-ip', '127.0.0.1'],
    ['via', '1.1 proxy'],
    ['cf-connecting-ip', '127.0.0.1'],
  ])('does not answer whom a proxy on this machine passes on: %s: %s', async (name, value) => {
    await expectNothing(server(), { headers: { [name]: value } });
  });

  it.each([
    'evil.example',
    'evil.example:4000',
    'localhost.evil.example',
    '127.0.0.1.nip.io',
    'localhost@evil',
  ])('does not answer a page that rebound its name to the loopback: Host %s', async (host) => {
    await expectNothing(server(), { headers: { host } });
  });

  it('lets no page read it, from wherever it was loaded', async () => {
    for (const origin of ['http://localhost:4000', 'https://evil.example', 'null']) {
      const { headers } = await get(server(), { headers: { origin } });
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
      expect(headers['cross-origin-resource-policy']).toBe('same-origin');
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  });

  (outside === undefined ? it.skip : it)('does not answer another address of this machine', async () => {
    const there = `http://${outside}:${portOf(server().url)}`;
    expect((await fetch(`${there}/livez`)).status).toBe(200);
    expect((await fetch(`${there}/metrics`)).status).toBe(404);
  });
});

onSqlite('METRICS_PORT', (database) => {
  const server = runServer(database, { METRICS_PORT: '0' });
  const metrics = (question: Question) => send(portOf(server().metricsUrl), question);

  it('serves the metrics, and nothing else', async () => {
    expectMetrics(await metrics({ path: '/metrics' }));
    expectMetrics(await metrics({ path: '/metrics?from=prometheus', headers: { host: 'auth-1:9464' } }));
    expect((await metrics({ path: '/metrics', method: 'HEAD' })).status).toBe(200);
    expect((await metrics({ path: '/metrics', method: 'POST' })).status).toBe(405);
    for (const path of ['/', '/graphql', '/livez', '/readyz', '/.well-known/jwks.json', '/metrics/'])
      expect((await metrics({ path })).status).toBe(404);
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ query: ME });
    expect((await metrics({ path: '/graphql', method: 'POST', headers, body })).status).toBe(404);
  });

  it('takes them from the port of the server', async () => {
    await expectNothing(server(), {});
  });

  it('H5 has the headers of every other answer', async () => {
    for (const path of ['/metrics', '/nothing']) {
      const { headers } = await metrics({ path, headers: { origin: 'https://evil.example' } });
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'x-request-id': expect.stringMatching(/^[\da-f-]{36}$/),
      });
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  it('counts each server of a process by itself, and stops with it', async () => {
    const other = await startTestServer(database(), { METRICS_PORT: '0' });
    const agent = new Agent({ keepAlive: true });
    const fields = 'portcullis_graphql_fields_total';
    expect(await growth(server(), fields, () => ask(other.url, ME))).toEqual({});
    expect((await scrape(other)).get(`${fields}{field="me",outcome="UNAUTHENTICATED"}`)).toBe(1);
    const port = portOf(other.metricsUrl);
    expect((await send(port, { path: '/metrics', agent })).status).toBe(200);
    await other.stop();
    await expect(send(port, { path: '/metrics', agent })).rejects.toThrow(/ECONNREFUSED|ECONNRESET|hang up/);
    agent.destroy();
    expectMetrics(await metrics({ path: '/metrics' }));
  });
});

onSqlite('a taken METRICS_PORT', (database) => {
  it('stops the start, is named, and leaves nothing behind', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const main = await freePort();
    const start = startTestServer(database(), { PORT: String(main), METRICS_PORT: String(port) });
    await expect(start).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is in use; stop what listens there or set METRICS_PORT.`,
    );
    expect(await database().query("SELECT name FROM sqlite_master WHERE type = 'table'")).toEqual([]);
    await expect(send(main, { path: '/livez' })).rejects.toThrow('ECONNREFUSED');
    taken.close();
  });
});

onSqlite('/metrics in production', (database) => {
  it('is not there without METRICS_PORT', async () => {
    const https = { NODE_ENV: 'production', ISSUER: 'https://auth.example.com', LOGIN_THROTTLE: 'on' };
    const server = await startTestServer(database(), https);
    await expectNothing(server, {});
    expect(server.metricsUrl).toBeUndefined();
    await server.stop();
    const own = await startTestServer(database(), { ...https, METRICS_PORT: '0' });
    expectMetrics(await send(portOf(own.metricsUrl), { path: '/metrics' }));
    await own.stop();
  });
});
