import { once } from 'node:events';
import { createServer, request, type Server, type ServerResponse } from 'node:http';

/** The issuer's address in front of its server: it counts what is asked for, and can be away for some paths or all. */
export class Front {
  /** Paths that have been asked for, without their query. */
  readonly asked: string[] = [];
  readonly #open = new Map<ServerResponse, string>();
  #away: (path: string) => boolean = () => false;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  /** @param target where the server is; it may begin after its front */
  static async start(target: () => string): Promise<Front> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const front = new Front(server, `http://127.0.0.1:${port}`);
    server.on('request', (incoming, outgoing) => {
      const { pathname } = new URL(incoming.url ?? '/', front.url);
      front.asked.push(pathname);
      if (front.#away(pathname)) return void outgoing.destroy();
      front.#open.set(outgoing, pathname);
      outgoing.on('close', () => front.#open.delete(outgoing));
      const options = { method: incoming.method ?? 'GET', headers: incoming.headers };
      const forwarded = request(new URL(incoming.url ?? '/', target()), options, (answer) => {
        answer.pipe(outgoing.writeHead(answer.statusCode ?? 502, answer.headers));
        outgoing.on('close', () => answer.destroy());
      });
      forwarded.on('error', () => outgoing.destroy());
      incoming.pipe(forwarded);
    });
    return front;
  }

  count(path: string): number {
    return this.asked.filter((each) => each === path).length;
  }

  /** From now on nothing answers at these paths, and what is open is cut. */
  cut(...paths: readonly string[]): void {
    this.#away = (path) => paths.length === 0 || paths.includes(path);
    this.server.closeAllConnections();
  }

  /** Ends answers that are under way at a path, in good order. */
  endOpen(path: string): void {
    for (const [outgoing, of] of this.#open) if (of === path) outgoing.end();
  }

  mend(): void {
    this.#away = () => false;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await once(this.server.close(), 'close');
  }
}
