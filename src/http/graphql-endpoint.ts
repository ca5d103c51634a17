import { HeaderMap, type HTTPGraphQLRequest, type HTTPGraphQLResponse } from '@apollo/server';
import type { GraphQLEndpoint, RequestFacts } from '../graphql/request.ts';
import type { Settings } from '../settings/settings.ts';
import { type ClientAddress, clientAddress } from './client-address.ts';
import { cohort } from './cohort.ts';
import { discardBody } from './discard-body.ts';
import type { Exchange, RequestHandler } from './exchange.ts';
import type { ResponseHeaders } from './headers.ts';
import {
  corsHeaders,
  judgeOrigin,
  type OriginPolicy,
  type OriginVerdict,
  preflightHeaders,
} from './origin.ts';
import { headerValues } from './raw-headers.ts';
import { readJsonBody, requireJson } from './read-json-body.ts';
import {
  RefreshCookieJar,
  refreshCookieName,
  refreshCookieValues,
  requirePlainCookie,
} from './refresh-cookie.ts';
import { RequestRefusal } from './request-refusal.ts';
import { requireAcceptable } from './require-acceptable.ts';
import { userAgent } from './user-agent.ts';

/** Apollo's own would be wrong on answers that depend on the caller. */
const NO_STORE = { 'cache-control': 'no-store' };

export interface GraphQLTransport extends OriginPolicy {
  readonly graphql: GraphQLEndpoint;
  readonly cookieSecure: boolean;
  readonly trustProxy: Settings['trustProxy'];
}

export interface GraphQLHandlers {
  /** GET and POST. */
  readonly operation: RequestHandler;
  /** OPTIONS. */
  readonly preflight: RequestHandler;
}

/**
 * GraphQL over HTTP up to the GraphQL server: reads and checks what the transport is responsible for, hands the
 * rest on, writes the answer. What it refuses never reaches a query (ASVS V3.5, GHSA-9q82-xgwf-vj6h).
 */
export function graphqlHandlers(transport: GraphQLTransport): GraphQLHandlers {
  const endpoint = { ...transport, addressOf: clientAddress(transport.trustProxy), endOfTurn: cohort() };
  return {
    operation: async (exchange) => {
      const sender = senderOf(exchange, transport);
      const cors = corsHeaders(sender.cors, exchange.request.headers.origin);
      try {
        await execute(exchange, sender, cors, endpoint);
      } catch (error) {
        if (!(error instanceof RequestRefusal)) throw error;
        await discardBody(exchange.request);
        exchange.refuse(error.status, 'BAD_REQUEST', error.message, cors);
      }
    },
    preflight: (exchange) => {
      const { cors } = senderOf(exchange, transport);
      const { origin } = exchange.request.headers;
      exchange.sendEmpty(204, {
        allow: 'GET, POST, OPTIONS',
        ...corsHeaders(cors, origin),
        ...preflightHeaders(cors),
      });
    },
  };
}

interface Endpoint extends GraphQLTransport {
  readonly addressOf: ClientAddress;
  /** Resolves when the requests that came together may go on together. */
  readonly endOfTurn: () => Promise<void>;
}

export interface Sender extends OriginVerdict {
  readonly cookies: readonly string[];
}

export function senderOf(
  { request }: Exchange,
  transport: OriginPolicy & Pick<GraphQLTransport, 'cookieSecure'>,
): Sender {
  const cookies = refreshCookieValues(request.rawHeaders, refreshCookieName(transport.cookieSecure));
  const { origin, 'sec-fetch-site': fetchSite } = request.headers;
  const site = Array.isArray(fetchSite) ? fetchSite.join() : fetchSite;
  return {
    cookies,
    ...judgeOrigin({ origin, fetchSite: site, refreshCookie: cookies.length > 0 }, transport),
  };
}

async function execute(
  exchange: Exchange,
  sender: Sender,
  cors: ResponseHeaders,
  { graphql, cookieSecure, addressOf, endOfTurn }: Endpoint,
): Promise<void> {
  requireOneAuthorization(exchange.request.rawHeaders);
  requirePlainCookie(exchange.request.rawHeaders, sender.cookies);
  requireAcceptable(exchange.request.headers.accept);
  const graphqlRequest = await readRequest(exchange);
  const cookie = new RefreshCookieJar(sender.cookies[0], cookieSecure);
  // Before the wait: the address of a connection is gone when the connection is.
  const facts = factsOf(exchange, sender, cookie, addressOf);
  await endOfTurn();
  const answer = await graphql.execute(graphqlRequest, facts);
  const setCookie = cookie.header === undefined ? {} : { 'set-cookie': cookie.header };
  await write(exchange, answer, { ...cors, ...setCookie });
}

/** Two readers of one request must not find two callers in it. */
function requireOneAuthorization(rawHeaders: readonly string[]): void {
  if (headerValues(rawHeaders, 'authorization').length <= 1) return;
  throw new RequestRefusal(400, 'The Authorization header came more than once.');
}

async function readRequest({ request, search }: Exchange): Promise<HTTPGraphQLRequest> {
  const method = request.method ?? 'GET';
  const headers = headerMap(request.headers);
  if (method === 'POST') return { method, headers, search, body: await readJsonBody(request) };
  if (headers.has('content-type')) requireJson(request);
  return { method, headers, search, body: undefined };
}

/** All headers go along: Apollo's CSRF prevention decides by them. */
function headerMap(headers: NodeJS.Dict<string | string[]>): HeaderMap {
  const map = new HeaderMap();
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return map;
}

function factsOf(
  { request, requestId, arrivedAt }: Exchange,
  { client, cookieAllowed }: OriginVerdict,
  cookie: RefreshCookieJar,
  addressOf: ClientAddress,
): RequestFacts {
  return {
    requestId,
    arrivedAt,
    authorization: request.headers.authorization,
    ipAddress: addressOf(request),
    userAgent: userAgent(request.headers['user-agent']),
    client,
    cookieAllowed,
    cookie,
  };
}

async function write(exchange: Exchange, answer: HTTPGraphQLResponse, own: ResponseHeaders): Promise<void> {
  const status = answer.status ?? 200;
  const headers: Record<string, string> = {};
  for (const [name, value] of answer.headers) headers[name] = value;
  Object.assign(headers, NO_STORE, own);
  if (answer.body.kind === 'complete') exchange.send(status, headers, answer.body.string);
  else await exchange.sendChunks(status, headers, answer.body.asyncIterator);
}
