import { connect, type Socket } from 'node:net';
import { HttpListener } from '../../src/http/listener.ts';
import { createLogger } from '../../src/log.ts';
import { SocketServer } from '../../src/sockets/socket-server.ts';
import { RawSocket } from '../support/sockets.ts';
import { until } from '../support/until.ts';

const HANDSHAKE = [
  'GET /graphql HTTP/1.1',
  'Host: a',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol: graphql-transport-ws',
  '',
  '',
].join('\r\n');

describe('a server that pings often', () => {
  const log = createLogger('silent');
  const listener = new HttpListener(log, false);
  const closings: number[] = [];
  let port = 0;
  beforeAll(async () => {
    const unused = (): never => {
      throw new Error('Nobody says who they are here.');
    };
    listener.serveUpgrades(
      new SocketServer({
        policy: { allowedOrigins: [], bodyOrigins: [], cookieSecure: false, trustProxy: false },
        endpoint: { executeOnSocket: unused },
        guard: {} as never,
        keys: { synchronize: unused },
        log,
        onClosed: (code) => closings.push(code),
        pingInterval: 200,
      }),
    );
    port = await listener.listen('127.0.0.1', 0);
  });
  afterAll(() => listener.drain(0));

  it('cuts off whoever does not answer, and lets the others be', async () => {
    const silent: Socket = connect(port, '127.0.0.1');
    let ended = false;
    silent.on('close', () => {
      ended = true;
    });
    silent.resume().write(HANDSHAKE);
    const answering = await RawSocket.open(`http://127.0.0.1:${port}`);
    let pings = 0;
    answering.ws.on('ping', () => {
      pings += 1;
    });
    await until(async () => ended && pings >= 3);
    expect(closings).toEqual([1006]);
    // Which has not said in time who it is.
    expect((await answering.end()).code).toBe(4408);
  });
});
