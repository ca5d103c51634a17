import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  createServer,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type RequestListener,
  request,
  type Server,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';

/** What a reverse proxy does to what passes it; nothing unless it is given. */
export interface Meddling {
  readonly onRequest?: (headers: IncomingHttpHeaders) => void;
  readonly onResponse?: (headers: OutgoingHttpHeaders) => void;
  /** Paths that it answers itself, with 404. */
  readonly hides?: string;
}

const TLS = join(__dirname, 'tls');

/** Of the authority that signed the certificate with which a proxy answers https on the loopback device: itself. */
export const TEST_AUTHORITY = join(TLS, 'localhost.pem');

const certificate = () => ({
  cert: readFileSync(TEST_AUTHORITY),
  key: readFileSync(join(TLS, 'localhost-key.pem')),
});

/** A reverse proxy in front of a server, as well or as badly configured as a test asks for. */
export class HttpProxy {
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  /** The same where TLS ends in front of the server. */
  static async startTls(target: string): Promise<HttpProxy> {
    return HttpProxy.#listen('https', createTlsServer(certificate(), forwarding(target, {})));
  }

  static async start(target: string, meddling: Meddling = {}): Promise<HttpProxy> {
    return HttpProxy.#listen('http', createServer(forwarding(target, meddling)));
  }

  static async #listen(scheme: string, server: Server): Promise<HttpProxy> {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    return new HttpProxy(server, `${scheme}://127.0.0.1:${port}`);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await once(this.server.close(), 'close');
  }
}

function forwarding(target: string, meddling: Meddling): RequestListener {
  return (incoming, outgoing) => {
    const { method = 'GET', url: path = '/', headers } = incoming;
    if (meddling.hides === path) return void outgoing.writeHead(404).end();
    meddling.onRequest?.(headers);
    const forwarded = request(new URL(path, target), { method, headers }, (answer) => {
      const back: OutgoingHttpHeaders = { ...answer.headers };
      meddling.onResponse?.(back);
      answer.pipe(outgoing.writeHead(answer.statusCode ?? 502, back));
    });
    forwarded.on('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  };
}
