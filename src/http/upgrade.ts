import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Exchange } from './exchange.ts';

/** Whoever takes connections over that are to speak WebSocket. */
export interface UpgradeHandler {
  /**
   * Takes the connection, or refuses by the exchange.
   *
   * @param head what came behind the request already
   */
  take(exchange: Exchange, connection: Duplex, head: Buffer): void;
  /**
   * Lets go of all connections in a way that makes clients come back.
   *
   * @param graceMs after this many milliseconds whatever is left is cut off
   */
  drain(graceMs: number): Promise<void>;
}

export function asksForWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket';
}

const SWITCHING = new Set(['connection', 'upgrade', 'http2-settings']);

/**
 * A request as it would be had its client not asked for another protocol, which a server may ignore (RFC 9110 §7.8). Java's
 * client asks for HTTP/2 in its first request. It is the last one on its connection, or a client could have it begin anew
 * for ever.
 */
export function withoutUpgrade(request: IncomingMessage, head: Buffer): Buffer {
  const { method, url, httpVersion, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`, 'Connection: close'];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2);
    if (!SWITCHING.has(name.toLowerCase())) lines.push(`${name}: ${value}`);
  }
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]);
}
