import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { answerRequest, refuseForNow } from './answer-request.ts';
import { errorCode } from './error-code.ts';
import { Exchange, type RequestHandler } from './exchange.ts';
import { baseHeaders, HeaderLines, type ResponseHeaders } from './headers.ts';
import { parserRefusal } from './parser-refusal.ts';
import { logRequest } from './request-log.ts';
import { Slots } from './slots.ts';

/** Milliseconds. Node's own limits (60 s, 300 s, looked at every 30 s) let a slow sender hold a connection long. */
const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  /** Longer than the minute for which common proxies keep a connection: the side that reuses it closes it. */
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 2_000,
};
/** A connection on which nothing moves at all for so long, e.g. since its reader stopped reading. */
const STALLED_MS = 120_000;
const MAX_HEADER_BYTES = 16 * 1024;
/** How long a drain lets kept-alive connections learn from an answer that this was the last one. */
const FAREWELL_MS = 500;
const FAREWELL_STEP_MS = 10;

/**
 * The HTTP server. It can listen before there is anything to serve: until `serve` is called it answers every
 * request with 503 UNAVAILABLE.
 */
export class HttpListener {
  readonly #logger: Logger;
  readonly #headers: ResponseHeaders;
  readonly #headerLines: HeaderLines;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #inFlight = new Slots<ServerResponse>();
  #handler: RequestHandler = refuseForNow('The server is starting; try again.');
  #draining = false;
  #drained: Promise<void> | undefined;

  /** @param https whether clients reach the server by https; decides upon HSTS */
  constructor(logger: Logger, https: boolean) {
    this.#logger = logger;
    this.#headers = baseHeaders(https);
    this.#headerLines = new HeaderLines(this.#headers);
    this.#server = this.#createServer();
  }

  /**
   * @param port 0 picks a free one
   * @param setting that the port comes from
   * @returns the bound port
   * @throws Error whose message says what to change, e.g. when the port is taken
   */
  async listen(host: string, port: number, setting = 'PORT'): Promise<number> {
    try {
      this.#server.listen({ host, port });
      await once(this.#server, 'listening');
    } catch (error) {
      throw new Error(listenProblem(error, host, port, setting), { cause: error });
    }
    // Running out of file descriptors must not end the process.
    this.#server.on('error', (error) => this.#logger.error({ err: error }, 'the listener failed'));
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  /** Open connections. */
  get connections(): number {
    return this.#sockets.size;
  }

  serve(handler: RequestHandler): void {
    this.#handler = handler;
  }

  /**
   * Stops without failing anybody: requests in flight are answered, and each answer says `Connection: close`.
   * New connections are taken for the moment of the farewell and refused from then on; idle ones are closed.
   *
   * @param graceMs after this many milliseconds whatever is left is cut off
   */
  drain(graceMs: number): Promise<void> {
    this.#drained ??= this.#drain(graceMs);
    return this.#drained;
  }

  async #drain(graceMs: number): Promise<void> {
    if (!this.#server.listening) return;
    this.#draining = true;
    for (const response of this.#inFlight.all()) announceClose(response);
    const cut = setTimeout(() => this.#server.closeAllConnections(), graceMs);
    await this.#farewell(Math.min(FAREWELL_MS, graceMs));
    await this.#close();
    clearTimeout(cut);
  }

  #createServer(): Server {
    // requireHostHeader is off since Node would answer by itself then, without our headers; #receive checks it.
    // joinDuplicateHeaders stays off: duplicates that matter are looked for in the raw headers.
    const server = createServer({
      ...LIMITS,
      maxHeaderSize: MAX_HEADER_BYTES,
      insecureHTTPParser: false,
      requireHostHeader: false,
    });
    server.timeout = STALLED_MS;
    // Node drops headers past this number in silence, and with them a second Authorization or a foreign Origin; their
    // bytes are bounded already.
    server.maxHeadersCount = 0;
    server.on('connection', (socket: Socket) => this.#keepTrack(socket));
    server.on('request', (request, response) => this.#receive(request, response));
    server.on('checkExpectation', (request, response) => this.#receive(request, response));
    server.on('clientError', (error: Error, socket) => this.#refuseBytes(error, socket));
    return server;
  }

  #keepTrack(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const slot = this.#inFlight.add(response);
    if (this.#draining) announceClose(response);
    const exchange = new Exchange(request, response, this.#headerLines);
    response.on('close', () => this.#settle(response, slot));
    logRequest(this.#logger, exchange, response);
    void answerRequest(exchange, this.#handler, this.#logger);
  }

  #settle(response: ServerResponse, slot: number): void {
    this.#inFlight.remove(slot);
    // An answer that had begun before the drain could not say that its connection closes.
    if (this.#draining) response.req.socket.destroySoon();
  }

  /** Bytes that are no request, and requests that are too slow. */
  #refuseBytes(error: Error, socket: Duplex): void {
    const code = errorCode(error);
    this.#logger.debug({ code }, 'a connection was refused');
    const open = this.#inFlight.all().filter((response) => response.req.socket === socket);
    // In the middle of another answer ours would be read as a part of it.
    const answerable = open.length === 0 || (open.length === 1 && open[0]?.headersSent === false);
    if (socket.writable && answerable) socket.end(parserRefusal(code, this.#headers));
    else socket.destroy();
  }

  /** Closing idle connections at once would race with requests under way on them (RFC 9112 §9.6). */
  async #farewell(ms: number): Promise<void> {
    const until = performance.now() + ms;
    while (this.#sockets.size > 0 && performance.now() < until) await delay(FAREWELL_STEP_MS);
  }

  #close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      // Node counts a connection that has not sent a byte yet as busy.
      for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy();
    });
  }
}

function announceClose(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}

function listenProblem(error: unknown, host: string, port: number, setting: string): string {
  const code = errorCode(error);
  if (code === 'EADDRINUSE')
    return `Port ${port} on ${host} is in use; stop what listens there or set ${setting}.`;
  if (code === 'EACCES') return `This user may not listen on port ${port}; set ${setting} to 1024 or more.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `HOST ${host} is no address of this machine.`;
  return `Cannot listen on ${host}, port ${port}.`;
}
