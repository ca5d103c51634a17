import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Exchange } from '../../src/http/exchange.ts';
import { HttpListener } from '../../src/http/listener.ts';
import { createLogger } from '../../src/log.ts';
import { post, send, sendRaw } from './client.ts';
import { startServer, stopServers } from './running-server.ts';

afterEach(stopServers);

function signal<T = void>() {
  let give: (value: T) => void = () => {};
  const given = new Promise<T>((resolve) => {
    give = resolve;
  });
  return { give: (value: T) => give(value), given };
}

/** A handler that answers when it is told to. */
function gate() {
  const arrived = signal<Exchange>();
  const opened = signal();
  const handler = async (exchange: Exchange) => {
    arrived.give(exchange);
    await opened.given;
    exchange.sendJson(200, { path: exchange.path });
  };
  return { handler, open: opened.give, arrival: arrived.given };
}

/** A handler whose answer begins at once and goes on when it is told to. */
function twoPartGate() {
  const arrived = signal<Exchange>();
  const opened = signal();
  async function* chunks(exchange: Exchange) {
    yield 'begun ';
    arrived.give(exchange);
    await opened.given;
    yield 'through';
  }
  const handler = (exchange: Exchange) => exchange.sendChunks(200, {}, chunks(exchange));
  return { handler, open: opened.give, arrival: arrived.given };
}

describe('listen', () => {
  it('answers 503 UNAVAILABLE until there is something to serve, and then serves it', async () => {
    const listener = new HttpListener(createLogger('silent'), false);
    const port = await listener.listen('127.0.0.1', 0);
    const early = await post(port);
    expect(early.status).toBe(503);
    expect(early.headers['retry-after']).toBe('1');
    expect(early.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAVAILABLE', retryAfter: 1 } }] });

    listener.serve((exchange) => exchange.sendJson(200, {}));
    expect((await post(port)).status).toBe(200);
    await listener.drain(0);
  });

  it('says which port is taken', async () => {
    const { port } = await startServer();
    const second = new HttpListener(createLogger('silent'), false);
    await expect(second.listen('127.0.0.1', port)).rejects.toThrow(`Port ${port} on 127.0.0.1 is in use`);
  });

  it('says that the host is none of this machine', async () => {
    const listener = new HttpListener(createLogger('silent'), false);
    await expect(listener.listen('192.0.2.1', 0)).rejects.toThrow('HOST 192.0.2.1 is no address');
  });
});

describe('a handler that throws', () => {
  it('is answered with an opaque 500 and logged once, under the same request id', async () => {
    const { port, log } = await startServer(
      {},
      { handler: () => Promise.reject(new Error('salt and pepper')) },
    );
    const answer = await post(port);
    const requestId = answer.headers['x-request-id'];
    expect(answer.status).toBe(500);
    expect(answer.json()).toMatchObject({
      errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR', requestId } }],
    });
    expect(answer.text).not.toContain('pepper');
    const errors = log.lines().filter((line) => line['level'] === 'error');
    expect(errors).toEqual([
      expect.objectContaining({ requestId, err: expect.objectContaining({ message: 'salt and pepper' }) }),
    ]);
  });

  it('cuts the answer off where it has begun', async () => {
    async function* chunks() {
      yield 'first';
      throw new Error('broken');
    }
    const handler = (exchange: Exchange) =>
      exchange.sendChunks(200, { 'content-type': 'text/plain' }, chunks());
    const { port, log } = await startServer({}, { handler });
    await expect(send(port)).rejects.toThrow('aborted');
    expect(log.lines().filter((line) => line['level'] === 'error')).toHaveLength(1);
  });
});

it.each([
  ['before the answer', gate],
  ['in the middle of the answer', twoPartGate],
])('survives a client that leaves %s, and logs no error for it', async (_, makeGate) => {
  const { handler, open, arrival } = makeGate();
  const { port, listener, log } = await startServer({}, { handler });
  const socket = connect({ host: '127.0.0.1', port });
  socket.write('GET /left HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const { request } = await arrival;
  socket.destroy();
  await once(request.socket, 'close');
  open();
  expect((await send(port, { path: '/stayed' })).status).toBe(200);
  await listener.drain(1000);
  expect(log.lines().filter((line) => line['level'] === 'error')).toEqual([]);
});

describe('bytes that are no request', () => {
  const cases: [string, string, number][] = [
    ['a malformed request line', 'HELLO\r\n\r\n', 400],
    ['headers over 16 KiB', `GET / HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(17_000)}\r\n\r\n`, 431],
    ['HTTP/1.1 without Host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    [
      'Content-Length beside Transfer-Encoding',
      'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    [
      'two Content-Length',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      400,
    ],
    ['a header line folded over two', 'GET / HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c: d\nX: y\r\n\r\n', 400],
    ['a chunk size that is no number', chunked('zz\r\n'), 400],
  ];

  it.each(cases)('refuses %s in the form of every other refusal', async (_, bytes, status) => {
    const { port, endpoint } = await startServer();
    const answer = await sendRaw(port, bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer.toLowerCase()).toContain('x-content-type-options: nosniff');
    expect(answer).toContain('"code":"BAD_REQUEST"');
    expect(endpoint.asked).toEqual([]);
  });

  it('goes on serving others', async () => {
    const { port } = await startServer();
    await sendRaw(port, 'HELLO\r\n\r\n');
    expect((await post(port)).status).toBe(200);
    expect(await sendRaw(port, `${chunked('19\r\n{"query":"{ me { id } }"}\r\n0\r\n\r\n')}`)).toContain(
      ' 200 ',
    );
  });

  function chunked(body: string): string {
    const head =
      'POST /graphql HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n';
    return `${head}Transfer-Encoding: chunked\r\n\r\n${body}`;
  }
});

it('accepts the absolute form of the request target without believing its host', async () => {
  const { port, endpoint } = await startServer();
  const head =
    'GET http://evil.example/graphql?query=x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
  expect(await sendRaw(port, head)).toContain(' 200 ');
  expect(endpoint.asked[0]?.request.search).toBe('?query=x');
});

describe('drain', () => {
  it('answers what is in flight, says that it was the last answer, and refuses new connections after', async () => {
    const { handler, open, arrival } = gate();
    const { port, listener } = await startServer({}, { handler });
    const agent = new Agent({ keepAlive: true });
    const inFlight = send(port, { path: '/slow', agent });
    await arrival;
    const drained = listener.drain(10_000);
    open();
    const answer = await inFlight;
    expect(answer.json()).toEqual({ path: '/slow' });
    expect(answer.headers.connection).toBe('close');
    await drained;
    await expect(send(port)).rejects.toThrow('ECONNREFUSED');
    agent.destroy();
  });

  it('answers a request that comes on a kept-alive connection just then', async () => {
    const { port, listener } = await startServer();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const before = await send(port, { path: '/livez', agent });
    expect(before.headers.connection).toBe('keep-alive');
    const drained = listener.drain(10_000);
    const during = await send(port, { path: '/livez', agent });
    expect(during.status).toBe(200);
    expect(during.headers.connection).toBe('close');
    await drained;
    agent.destroy();
  });

  it('closes idle connections, and those that never said anything', async () => {
    const { port, listener } = await startServer();
    const silent = connect({ host: '127.0.0.1', port });
    const idle = connect({ host: '127.0.0.1', port });
    idle.write('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await Promise.all([once(silent, 'connect'), once(idle, 'data')]);
    const closed = Promise.all([once(silent.resume(), 'close'), once(idle.resume(), 'close')]);
    await listener.drain(60_000);
    await closed;
  });

  it('closes a connection whose answer had begun when its answer is through', async () => {
    const { handler, open, arrival } = twoPartGate();
    const { port, listener } = await startServer({}, { handler });
    const agent = new Agent({ keepAlive: true });
    const answer = send(port, { agent });
    await arrival;
    const drained = listener.drain(60_000);
    // Past the farewell, so that nothing but the end of the answer can close the connection.
    await delay(800);
    open();
    expect((await answer).text).toBe('begun through');
    await drained;
    agent.destroy();
  });

  it('cuts off what is left after the grace period', async () => {
    const { handler, open, arrival } = gate();
    const { port, listener } = await startServer({}, { handler });
    const stuck = send(port);
    const cut = expect(stuck).rejects.toThrow('socket hang up');
    await arrival;
    await listener.drain(50);
    await cut;
    open();
  });

  it('is one drain however often it is asked for', async () => {
    const { listener } = await startServer();
    await Promise.all([listener.drain(1000), listener.drain(1000)]);
    await listener.drain(1000);
  });
});
