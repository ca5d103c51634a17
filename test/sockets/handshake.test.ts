import { once } from 'node:events';
import { type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { registerUser } from '../support/client.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { RawSocket } from '../support/sockets.ts';

const WEB_VIEW = 'capacitor://localhost';

const HANDSHAKE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version': '13',
  'sec-websocket-protocol': 'graphql-transport-ws',
};

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

async function ask(
  url: string,
  headers: OutgoingHttpHeaders = {},
  { path = '/graphql', method = 'GET' } = {},
): Promise<Answer> {
  const sent = request(url, { path, method, headers: { ...HANDSHAKE, ...headers }, agent: false });
  sent.end();
  const upgraded = once(sent, 'upgrade').then(([response, socket]) => {
    socket.destroy();
    return { status: response.statusCode, headers: response.headers, text: '' };
  });
  const answered = once(sent, 'response').then(async ([response]) => {
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk;
    return { status: response.statusCode, headers: response.headers, text };
  });
  return Promise.race([upgraded, answered]);
}

/** What comes back for these bytes until the other side closes the connection. */
async function exchange(url: string, ...lines: string[]): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(lines.join('\r\n'));
  let text = '';
  for await (const chunk of socket) text += chunk;
  return text;
}

onSqlite('the handshake', (database) => {
  const server = runServer(database, { BODY_ORIGINS: WEB_VIEW });
  const url = () => server().url;

  it('D5 opens a socket for an allowed origin, a web view, and a program that sends none', async () => {
    const allowed = [{}, { origin: 'http://localhost:4000' }, { origin: WEB_VIEW }];
    for (const headers of allowed) expect(await ask(url(), headers)).toMatchObject({ status: 101 });
  });

  it.each([
    ['a foreign one', { origin: 'https://evil.example' }],
    ['null', { origin: 'null' }],
    ['a sub-domain', { origin: 'http://a.localhost:4000' }],
    ['another scheme', { origin: 'https://localhost:4000' }],
    ['a request across sites without one', { 'sec-fetch-site': 'cross-site' }],
    ['a foreign one beside our Host', { origin: 'http://evil.example', host: 'evil.example' }],
  ])('D5, H5 refuses an origin: %s', async (_what, headers) => {
    const answer = await ask(url(), headers);
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.text)).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      connection: 'close',
    });
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it.each([
    ['another path', {}, { path: '/elsewhere' }, 404],
    ['another method', {}, { method: 'POST' }, 405],
    ['a key that is none', { 'sec-websocket-key': 'short' }, {}, 400],
    ['another version', { 'sec-websocket-version': '7' }, {}, 400],
    ['a sub-protocol that is no word', { 'sec-websocket-protocol': 'a, a' }, {}, 400],
  ])('H5 refuses %s over HTTP, with our headers', async (_what, headers, place, status) => {
    const answer = await ask(url(), headers, place);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toHaveProperty('errors');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
  });

  it('refuses one without a Host, and with two', async () => {
    const rest = Object.entries(HANDSHAKE).map(([name, value]) => `${name}: ${value}`);
    for (const hosts of [[], ['host: a', 'host: b']]) {
      const text = await exchange(url(), 'GET /graphql HTTP/1.1', ...hosts, ...rest, '', '');
      expect(text).toMatch(/^HTTP\/1\.1 400 /);
    }
  });

  it('opens none behind a request that is still to be answered', async () => {
    const rest = Object.entries(HANDSHAKE).map(([name, value]) => `${name}: ${value}`);
    const first = ['GET /readyz HTTP/1.1', 'host: a', '', ''].join('\r\n');
    const text = await exchange(url(), `${first}GET /graphql HTTP/1.1`, 'host: a', ...rest, '', '');
    expect(text).not.toContain(' 101 ');
  });

  it('closes a socket of another sub-protocol, or of none, with 4406', async () => {
    expect((await ask(url(), { 'sec-websocket-protocol': 'graphql-ws' })).status).toBe(101);
    const socket = new WebSocket(`${url().replace('http', 'ws')}/graphql`);
    expect((await once(socket, 'close'))[0]).toBe(4406);
  });

  it('does not look at a token in the handshake: it would stand in logs of proxies', async () => {
    const { accessToken } = await registerUser(url());
    const headers = { authorization: `Bearer ${accessToken}` };
    const socket = await RawSocket.open(url(), { headers });
    socket.say({ type: 'connection_init' });
    expect(await socket.end()).toEqual({ code: 4403, reason: 'MISSING' });
  });

  // As Java's client does in its first request.
  it('answers a request that asks for another protocol as if it had not asked', async () => {
    const body = JSON.stringify({ query: '{ __typename }' });
    const switching = ['connection: Upgrade, HTTP2-Settings', 'upgrade: h2c', 'http2-settings: AAMAAABk'];
    const text = await exchange(
      url(),
      'POST /graphql HTTP/1.1',
      'host: a',
      ...switching,
      'content-type: application/json',
      `content-length: ${body.length}`,
      '',
      body,
    );
    expect(text).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(text).toContain('{"data":{"__typename":"Query"}}');
    expect(text).toMatch(/connection: close/i);
  });
});
