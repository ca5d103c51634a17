import type { IncomingMessage } from 'node:http';
import type { HTTPGraphQLResponse } from '@apollo/server';
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
  NOT_SHARED,
  type OriginPolicy,
  type OriginVerdict,
  preflightHeaders,
} from './origin.ts';
import { headerValues } from './raw-headers.ts';
import { readJsonBody, requireJson } from './read-json-body.ts';
import { ReceivedRequest } from './received-request.ts';
import {
  RefreshCookieJar,
  refreshCookieName,
  refreshCookieValues,
  requirePlainCookie,
} from './refresh-cookie.ts';
import { RequestRefusal } from './request-refusal.ts';
import { ANSWER_TYPES, requireAcceptable } from './require-acceptable.ts';
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

interface Sender extends OriginVerdict {
  readonly cookies: readonly string[];
}

function senderOf({ request }: Exchange, transport: GraphQLTransport): Sender {
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
  const answerType = requireAcceptable(exchange.request.headers.accept);
  const cookie = new RefreshCookieJar(sender.cookies[0], cookieSecure);
  // Before the wait: the address of a connection is gone when the connection is.
  const facts = factsOf(exchange, sender, cookie, addressOf);
  await endOfTurn();
  // A body that came in the same turn as its headers, as all but large ones do, has arrived by now.
  const read = readBody(exchange.request);
  const body = read instanceof Promise ? await read : read;
  if (read instanceof Promise) await endOfTurn();
  const answer = await graphql.execute(new ReceivedRequest(exchange, answerType, body), facts);
  await write(exchange, answer, answerHeaders(answer.headers, cors, cookie.header));
}

/** Two readers of one request must not find two callers in it. */
function requireOneAuthorization(rawHeaders: readonly string[]): void {
  if (headerValues(rawHeaders, 'authorization').length <= 1) return;
  throw new RequestRefusal(400, 'The Authorization header came more than once.');
}

function readBody(request: IncomingMessage): object | undefined | Promise<object> {
  if (request.method === 'POST') return readJsonBody(request);
  if (request.headers['content-type'] !== undefined) requireJson(request);
  return undefined;
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

async function write(
  exchange: Exchange,
  { status = 200, body }: HTTPGraphQLResponse,
  headers: ResponseHeaders,
): Promise<void> {
  if (body.kind === 'complete') exchange.send(status, headers, body.string);
  else await exchange.sendChunks(status, headers, body.asyncIterator);
}

/** By type: those of an answer that nobody but the sender itself is to read, and that sets no cookie. */
const COMMON_HEADERS = new Map(
  ANSWER_TYPES.map((type) => [type, { 'content-type': type, ...NO_STORE, ...NOT_SHARED }]),
);

/** One object for the many answers that need nothing of their own. */
function answerHeaders(
  given: HTTPGraphQLResponse['headers'],
  cors: ResponseHeaders,
  cookie: string | undefined,
): ResponseHeaders {
  const isCommon = given.size === 1 && cors === NOT_SHARED && cookie === undefined;
  const common = isCommon ? COMMON_HEADERS.get(given.get('content-type') ?? '') : undefined;
  if (common !== undefined) return common;
  const setCookie = cookie === undefined ? {} : { 'set-cookie': cookie };
  return { ...Object.fromEntries(given), ...NO_STORE, ...cors, ...setCookie };
}
