import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { requestJson } from '../../src/gate/issuer-request.ts';

describe('an answer of the issuer', () => {
  let server: Server;
  let answer: RequestListener;
  let url: URL;
  beforeAll(async () => {
    server = createServer((request, response) => answer(request, response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    url = new URL(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/jwks`);
  });
  afterAll(async () => {
    server.closeAllConnections();
    await once(server.close(), 'close');
  });

  it('is read whole, in whatever parts it comes', async () => {
    const name = 'ü'.repeat(50_000);
    answer = (_request, response) => {
      const bytes = Buffer.from(JSON.stringify({ name }));
      response.write(bytes.subarray(0, 30_001));
      setImmediate(() => response.end(bytes.subarray(30_001)));
    };
    expect(await requestJson(url)).toEqual({ name });
  });

  it.each<[string, RequestListener, string]>([
    [
      'another status',
      (_request, response) => void response.writeHead(503).end('{}'),
      '/jwks .* answered 503',
    ],
    [
      'a redirect',
      (request, response) => {
        if (request.url === '/jwks') response.writeHead(302, { location: '/elsewhere' }).end();
        else response.end('{}');
      },
      'fetch failed',
    ],
    ['no JSON', (_request, response) => void response.end('<html>'), 'JSON'],
    [
      'no end',
      (_request, response) => {
        const write = (): boolean => response.write('x'.repeat(16_384));
        response.on('drain', () => {
          while (write());
        });
        while (write());
      },
      '/jwks .* answered more than 262144 bytes',
    ],
    [
      'a first part, and then nothing',
      (_request, response) => void response.write('{"keys":'),
      '/jwks .* answered nothing whole within 2000 ms',
    ],
  ])('with %s is an error that says so', async (_title, listener, message) => {
    answer = listener;
    await expect(requestJson(url)).rejects.toThrow(new RegExp(message));
  });
});
