import type { RequestFacts } from '../graphql/request.ts';
import type { ClientAddress } from '../http/client-address.ts';
import type { Exchange } from '../http/exchange.ts';
import { senderOf } from '../http/graphql-endpoint.ts';
import type { OriginPolicy } from '../http/origin.ts';
import { userAgent } from '../http/user-agent.ts';

/** What the handshake tells of whoever is at the other end. */
export type SocketFacts = Pick<RequestFacts, 'ipAddress' | 'userAgent' | 'client'>;

export interface HandshakePolicy extends OriginPolicy {
  readonly cookieSecure: boolean;
}

const PATH = '/graphql';

/**
 * Judges a request for a socket before there is one. A page of a foreign origin gets none: browsers ask no permission
 * before they open it, and show its answers to the page (ASVS V4.4.2, cross-site WebSocket hijacking).
 *
 * @returns undefined: it has been refused
 */
export function judgeHandshake(
  exchange: Exchange,
  policy: HandshakePolicy,
  addressOf: ClientAddress,
): SocketFacts | undefined {
  const { request } = exchange;
  if (exchange.path !== PATH) return refuse(exchange, 404, 'NOT_FOUND', 'There is nothing at this path.');
  exchange.route = PATH;
  if (request.method !== 'GET')
    return refuse(exchange, 405, 'BAD_REQUEST', 'The method must be GET.', { allow: 'GET' });
  const { client, cookieAllowed } = senderOf(exchange, policy);
  if (!cookieAllowed && client !== 'webView')
    return refuse(exchange, 403, 'FORBIDDEN', 'This origin may not open a socket.');
  return { client, ipAddress: addressOf(request), userAgent: userAgent(request.headers['user-agent']) };
}

function refuse(exchange: Exchange, ...refusal: Refusal): undefined {
  exchange.refuse(...refusal);
  return undefined;
}

type Refusal = Parameters<Exchange['refuse']>;
