import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { errorCode } from './error-code.ts';
import type { HeaderLines, ResponseHeaders } from './headers.ts';
import { nextRequestId } from './request-id.ts';

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

/** Answers one request, in the end by exactly one of the exchange's send methods. */
export type RequestHandler = (exchange: Exchange) => Promise<void> | void;

/**
 * A request and the one answer to it. Every answer of the server leaves through here, so that none goes out
 * without the security headers and the request's id.
 */
export class Exchange {
  readonly requestId = nextRequestId();
  /** `performance.now()` when the request's headers had arrived. */
  readonly arrivedAt = performance.now();
  readonly path: string;
  /** The query string with its `?`, or empty. */
  readonly search: string;
  /** The path, where there is something at it: one of a few, unlike what clients send. */
  route: string | undefined;
  readonly #response: ServerResponse;
  readonly #lines: HeaderLines;

  constructor(
    readonly request: IncomingMessage,
    response: ServerResponse,
    lines: HeaderLines,
  ) {
    const target = originForm(request.url ?? '/');
    const query = target.indexOf('?');
    this.path = query < 0 ? target : target.slice(0, query);
    this.search = query < 0 ? '' : target.slice(query);
    this.#response = response;
    this.#lines = lines;
  }

  /** @param listener told, when it is over, of the status; undefined: the client left before there was an answer */
  onClose(listener: (status: number | undefined) => void): void {
    const response = this.#response;
    response.on('close', () => listener(response.headersSent ? response.statusCode : undefined));
  }

  send(status: number, headers: ResponseHeaders, body: string | Buffer): void {
    const length = Buffer.byteLength(body);
    this.#response.writeHead(status, [...this.#head(headers), 'content-length', String(length)]);
    // Text of ASCII alone: what is one byte a character anyway need not be encoded.
    if (length === body.length) this.#response.end(body, 'latin1');
    else this.#response.end(body);
  }

  sendJson(status: number, value: unknown, headers: ResponseHeaders = {}): void {
    this.send(status, { ...JSON_TYPE, ...headers }, JSON.stringify(value));
  }

  /** An answer that by its status has no content. */
  sendEmpty(status: 204 | 304, headers: ResponseHeaders): void {
    this.#response.writeHead(status, this.#head(headers));
    this.#response.end();
  }

  /** Sends the chunks as they come; ends quietly when the client goes away. */
  async sendChunks(status: number, headers: ResponseHeaders, chunks: AsyncIterable<string>): Promise<void> {
    this.#response.writeHead(status, this.#head(headers));
    try {
      await pipeline(Readable.from(chunks), this.#response);
    } catch (error) {
      if (errorCode(error) !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
    }
  }

  /** A refusal in the form of GraphQL's errors, which is the form of every error of this server. */
  refuse(
    status: number,
    code: string,
    message: string,
    headers: ResponseHeaders = {},
    details: Readonly<Record<string, string | number>> = {},
  ): void {
    this.sendJson(status, { errors: [{ message, extensions: { code, ...details } }] }, headers);
  }

  /** The opaque answer to a failure of ours (ASVS V16.5.1); an answer that has begun can only be cut off. */
  fail(): void {
    if (this.#response.headersSent) {
      this.#response.destroy();
      return;
    }
    const message = 'Something went wrong on our side; the request id finds it in the log.';
    this.refuse(500, 'INTERNAL_SERVER_ERROR', message, {}, { requestId: this.requestId });
  }

  #head(headers: ResponseHeaders): string[] {
    return [...this.#lines.with(headers), 'x-request-id', this.requestId];
  }
}

/** The path of a request, as its exchange has it. */
export function pathOf(request: IncomingMessage): string {
  const [path = ''] = originForm(request.url ?? '/').split('?', 1);
  return path;
}

/** RFC 9112 §3.2.2: a server accepts the absolute form as well. Its host is not looked at (DNS rebinding). */
function originForm(target: string): string {
  if (target.startsWith('/') || !URL.canParse(target)) return target;
  const { pathname, search } = new URL(target);
  return pathname + search;
}
