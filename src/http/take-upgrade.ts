import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { lacksHost, refuseHost } from './answer-request.ts';
import { Exchange } from './exchange.ts';
import type { HeaderLines } from './headers.ts';
import { logRequest } from './request-log.ts';
import type { UpgradeHandler } from './upgrade.ts';

/** A connection whose client asks to speak WebSocket on it. */
export interface AskedUpgrade {
  readonly request: IncomingMessage;
  readonly connection: Duplex;
  /** What came behind the request already. */
  readonly head: Buffer;
}

/** Lets somebody take the connection; what they refuse is answered as any other request. */
export function takeUpgrade(
  { request, connection, head }: AskedUpgrade,
  take: UpgradeHandler['take'],
  headers: HeaderLines,
  logger: Logger,
): void {
  const response = new ServerResponse(request);
  response.setHeader('connection', 'close');
  const exchange = new Exchange(request, response, headers);
  try {
    if (lacksHost(request)) refuseHost(exchange);
    else take(exchange, connection, head);
  } catch (error) {
    logger.error({ err: error, requestId: exchange.requestId }, 'a request failed');
    exchange.fail();
  }
  if (response.writableEnded) sendRefusal(exchange, response, connection, logger);
}

function sendRefusal(exchange: Exchange, response: ServerResponse, connection: Duplex, logger: Logger): void {
  logRequest(logger, exchange, response);
  connection.on('error', () => connection.destroy()).resume();
  response.on('finish', () => exchange.request.socket.destroySoon());
  response.assignSocket(exchange.request.socket);
}
