import { Refusal } from '../errors/refusal.ts';
import type { Logger } from '../log.ts';
import type { Client } from '../oauth/client.ts';
import type { OAuthServices } from '../oauth/services.ts';
import { basicCredential } from './basic-credential.ts';
import { discardBody } from './discard-body.ts';
import type { Exchange, RequestHandler } from './exchange.ts';
import { RequestRefusal } from './request-refusal.ts';

/** One challenge, and one answer, for an unknown client, a wrong secret and a revoked client (RFC 6749 §5.2). */
const CHALLENGE = { 'www-authenticate': 'Basic realm="portcullis", charset="UTF-8"' };

/** Answers a request whose client has proven who it is. */
type ClientHandler = (exchange: Exchange, client: Client) => Promise<void>;

/**
 * For what only clients may ask. Whoever has no good credential is refused before the body is read. Refusals have the form
 * of RFC 6749 §5.2, but UNAVAILABLE has that of every other path: it says nothing of the request.
 */
export function forClients(
  { clients, log }: Pick<OAuthServices, 'clients' | 'log'>,
  handler: ClientHandler,
): RequestHandler {
  return async (exchange) => {
    try {
      const credential = basicCredential(exchange.request.rawHeaders);
      const client = credential && (await clients.authenticate(credential));
      if (client === undefined) await refuseClient(exchange);
      else await handler(exchange, client);
    } catch (error) {
      await refuse(exchange, error, log);
    }
  };
}

async function refuseClient(exchange: Exchange): Promise<void> {
  await discardBody(exchange.request);
  sendError(exchange, 401, 'invalid_client', 'No client has this credential.', CHALLENGE);
}

async function refuse(exchange: Exchange, error: unknown, log: Logger): Promise<void> {
  await discardBody(exchange.request);
  if (error instanceof RequestRefusal) sendError(exchange, error.status, 'invalid_request', error.message);
  else if (error instanceof Refusal && error.code === 'UNAVAILABLE') refuseForNow(exchange, error, log);
  else throw error;
}

/** RFC 7009 §2.2.1: the client must take it that nothing has changed, and may try again. */
function refuseForNow(exchange: Exchange, error: Refusal, log: Logger): void {
  const { code, message, details } = error;
  log.warn({ requestId: exchange.requestId, code, err: error.cause }, 'refused');
  exchange.refuse(503, code, message, { 'retry-after': String(details['retryAfter']) }, details);
}

function sendError(
  exchange: Exchange,
  status: number,
  error: string,
  description: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  exchange.sendJson(status, { error, error_description: description }, headers);
}
