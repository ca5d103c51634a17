import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import type { Exchange, RequestHandler } from './exchange.ts';
import { headerValues } from './raw-headers.ts';

/** Lets the handler answer; whatever it throws, there is an answer. */
export async function answerRequest(
  exchange: Exchange,
  handler: RequestHandler,
  logger: Logger,
): Promise<void> {
  try {
    if (lacksHost(exchange.request)) refuseHost(exchange);
    else await handler(exchange);
  } catch (error) {
    logger.error({ err: error, requestId: exchange.requestId }, 'a request failed');
    exchange.fail();
  }
}

/** The answer where there is nothing to serve at the moment. */
export function refuseForNow(message: string): RequestHandler {
  return (exchange) =>
    exchange.refuse(503, 'UNAVAILABLE', message, { 'retry-after': '1' }, { retryAfter: 1 });
}

/** RFC 9112 §3.2: none, or more than one, is refused. */
export function lacksHost(request: IncomingMessage): boolean {
  return request.httpVersion === '1.1' && headerValues(request.rawHeaders, 'host').length !== 1;
}

export function refuseHost(exchange: Exchange): void {
  exchange.refuse(400, 'BAD_REQUEST', 'The Host header is missing, or came twice.');
}
