import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  request,
  type Server,
} from 'node:http';

/** What a reverse proxy does to what passes it; nothing unless it is given. */
export interface Meddling {
  readonly onRequest?: (headers: IncomingHttpHeaders) => void;
  readonly onResponse?: (headers: OutgoingHttpHeaders) => void;
  /** Paths that it answers itself, with 404. */
  readonly hides?: string;
}

/** A reverse proxy in front of a server, as well or as badly configured as a test asks for. */
export class HttpProxy {
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(target: string, meddling: Meddling = {}): Promise<HttpProxy> {
    const server = createServer((incoming, outgoing) => {
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
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return new HttpProxy(server, `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await once(this.server.close(), 'close');
  }
}
