import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Server as TlsServer } from 'node:tls';
import type { Logger } from 'pino';
import { listeningUrl } from '../settings/listening-url.ts';
import { answerRequest, refuseForNow } from './answer-request.ts';
import { Exchange, pathOf, type RequestHandler } from './exchange.ts';
import { baseHeaders, HeaderLines } from './headers.ts';
import { joinServer } from './join-server.ts';
import { logRequest } from './request-log.ts';
import { Slots } from './slots.ts';

/** Node's own limit where a server says none (`maxHeadersCount`). */
const MOST_HEADERS = 1_000;
const DRAIN_STEP_MS = 10;

const STOPPING = refuseForNow('The server is stopping; try again.');

/**
 * Our paths on an HTTP server of another program. Connections, their limits, and every other path are that program's; it
 * is never closed from here.
 */
export class JoinedListener {
  readonly #headers: HeaderLines;
  readonly #inFlight = new Slots<ServerResponse>();
  #handler: RequestHandler = STOPPING;
  #owns: (path: string) => boolean = () => false;
  #leave: (() => void) | undefined;

  /** @param https whether clients reach the server by https; decides upon HSTS */
  constructor(
    private readonly logger: Logger,
    private readonly server: Server,
    https: boolean,
  ) {
    this.#headers = new HeaderLines(baseHeaders(https));
  }

  /** Where the server listens; undefined: it does not yet, or not at a port. */
  get url(): string | undefined {
    const address = this.server.address();
    if (typeof address !== 'object' || address === null) return undefined;
    const url = listeningUrl(address.address, address.port);
    return this.server instanceof TlsServer ? url.replace('http:', 'https:') : url;
  }

  /**
   * Nothing to bind: the port is the server's.
   *
   * @param port that it will have, where it has none yet
   * @throws Error when there is another one of us
   */
  async listen(_host: string, port: number): Promise<number> {
    this.#leave = joinServer(
      this.server,
      (request) => this.#owns(pathOf(request)),
      (request, response) => this.#receive(request, response),
    );
    const address = this.server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  /** Requests under way; their connections belong to the server. */
  get connections(): number {
    return this.#inFlight.all().length;
  }

  /** Until then every path is the server's. @param owns whether a path is ours */
  serve(handler: RequestHandler, owns: (path: string) => boolean): void {
    this.#handler = handler;
    this.#owns = owns;
  }

  /**
   * Our requests under way are answered, new ones refused; then our paths are the server's.
   *
   * @param graceMs after this many milliseconds whatever is left is cut off
   */
  async drain(graceMs: number): Promise<void> {
    this.#handler = STOPPING;
    const until = performance.now() + graceMs;
    while (this.connections > 0 && performance.now() < until) await delay(DRAIN_STEP_MS);
    for (const response of this.#inFlight.all()) response.destroy();
    this.#leave?.();
    this.#leave = undefined;
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const slot = this.#inFlight.add(response);
    response.on('close', () => this.#inFlight.remove(slot));
    const exchange = new Exchange(request, response, this.#headers);
    logRequest(this.logger, exchange, response);
    void answerRequest(exchange, this.#lacksHeaders(request) ? refuseTooMany : this.#handler, this.logger);
  }

  /** Past its limit Node drops headers in silence, and with them a second Authorization or a foreign Origin. */
  #lacksHeaders({ rawHeaders }: IncomingMessage): boolean {
    const most = this.server.maxHeadersCount ?? MOST_HEADERS;
    return most > 0 && rawHeaders.length >= 2 * most;
  }
}

function refuseTooMany(exchange: Exchange): void {
  exchange.refuse(431, 'BAD_REQUEST', 'The request has too many headers.');
}
