import type { ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Exchange } from './exchange.ts';

const LONGEST_PATH = 256;

/**
 * One debug line a request once its answer is through. Never headers, bodies or the query string: tokens and
 * passwords travel there (ASVS V14.2.1).
 */
export function logRequest(logger: Logger, exchange: Exchange, response: ServerResponse): void {
  if (!logger.isLevelEnabled('debug')) return;
  response.once('close', () => {
    const { requestId, request, path, arrivedAt } = exchange;
    const line = {
      requestId,
      method: request.method,
      path: path.slice(0, LONGEST_PATH),
      // Null: the client left, or was cut off, before there was an answer.
      status: response.headersSent ? response.statusCode : null,
      durationMs: Math.round((performance.now() - arrivedAt) * 10) / 10,
    };
    logger.debug(line, 'request');
  });
}
