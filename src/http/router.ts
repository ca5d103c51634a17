import { JWKS_MAX_AGE } from '../keys/key-state.ts';
import type { ConsoleFile } from './console-files.ts';
import type { Exchange, RequestHandler } from './exchange.ts';
import { graphiqlPage, prefersPage } from './graphiql.ts';
import { type GraphQLTransport, graphqlHandlers } from './graphql-endpoint.ts';
import { localOnly, type MetricsSource, sendMetrics } from './metrics-endpoint.ts';
import { type OAuthTransport, oauthHandlers } from './oauth-endpoints.ts';
import type { Page } from './page.ts';
import { revocationsHandler } from './revocations-endpoint.ts';
import { sendConsoleFile } from './send-console-file.ts';

export interface ReadinessCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail?: string;
}

export interface RouterDependencies extends GraphQLTransport, OAuthTransport {
  /** By path. */
  readonly console: ReadonlyMap<string, ConsoleFile>;
  /** Whether to serve the GraphiQL page. */
  readonly graphiql: boolean;
  readonly jwks: () => Promise<object>;
  readonly readiness: () => Promise<readonly ReadinessCheck[]>;
  /** What this machine may read at `/metrics`; undefined: there is nothing at that path. */
  readonly localMetrics: MetricsSource | undefined;
}

/** Handlers by method. */
type Route = ReadonlyMap<string, RequestHandler>;

/**
 * Short, so that a verifier behind a cache meets a new key soon and a revoked one not for long. Public keys are
 * for every page to read.
 */
const JWKS_HEADERS = {
  'cache-control': `public, max-age=${JWKS_MAX_AGE}`,
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
};

export type Router = RequestHandler & {
  /** Whether there is something at a path. */
  has(path: string): boolean;
};

/** Everything that the server answers to, by path and method. */
export function createRouter(deps: RouterDependencies): Router {
  const routes = new Map<string, Route>([
    ...consoleRoutes(deps.console),
    ['/graphql', graphqlRoute(deps)],
    ...oauthRoutes(deps),
    ['/.well-known/jwks.json', readOnly(async (exchange) => sendJwks(exchange, await deps.jwks()))],
    ['/livez', readOnly((exchange) => exchange.sendJson(200, { status: 'ok' }))],
    ['/readyz', readOnly(async (exchange) => sendReadiness(exchange, await deps.readiness()))],
    ...(deps.localMetrics ? [['/metrics', localMetricsRoute(deps.localMetrics)] as const] : []),
  ]);
  const handle: RequestHandler = (exchange) => dispatch(exchange, routes.get(exchange.path));
  return Object.assign(handle, { has: (path: string) => routes.has(path) });
}

/** The metrics, on a port of their own; nothing else is there. */
export function createMetricsRouter(source: MetricsSource): RequestHandler {
  const route = readOnly(sendMetrics(source));
  return (exchange) => dispatch(exchange, exchange.path === '/metrics' ? route : undefined);
}

/** The console's own paths come after a `#`: one page, and what it loads. */
function consoleRoutes(files: RouterDependencies['console']): [string, Route][] {
  return [...files].map(([path, file]) => [path, readOnly(sendConsoleFile(file))]);
}

function oauthRoutes(deps: OAuthTransport): [string, Route][] {
  const { introspect, revoke } = oauthHandlers(deps);
  return [
    ['/oauth/introspect', new Map([['POST', introspect]])],
    ['/oauth/revoke', new Map([['POST', revoke]])],
    ['/revocations', new Map([['GET', revocationsHandler(deps.oauth)]])],
  ];
}

function localMetricsRoute(source: MetricsSource): Route {
  return readOnly(localOnly(sendMetrics(source), refuseUnknown));
}

function refuseUnknown(exchange: Exchange): void {
  exchange.refuse(404, 'NOT_FOUND', 'There is nothing at this path.');
}

function dispatch(exchange: Exchange, route: Route | undefined): Promise<void> | void {
  if (route === undefined) return refuseUnknown(exchange);
  exchange.route = exchange.path;
  const handler = route.get(exchange.request.method ?? '');
  if (handler !== undefined) return handler(exchange);
  const allow = [...route.keys()].join(', ');
  exchange.refuse(405, 'BAD_REQUEST', `The method must be one of ${allow}.`, { allow });
}

/** Node leaves the body out of an answer to HEAD. */
function readOnly(handler: RequestHandler): Route {
  return new Map([
    ['GET', handler],
    ['HEAD', handler],
  ]);
}

function graphqlRoute(deps: RouterDependencies): Route {
  const { operation, preflight } = graphqlHandlers(deps);
  const get: RequestHandler = async (exchange) => {
    const page = deps.graphiql && exchange.search === '' && prefersPage(exchange.request.headers.accept);
    if (page) sendPage(exchange, await graphiqlPage());
    else await operation(exchange);
  };
  return new Map([
    ['GET', get],
    ['POST', operation],
    ['OPTIONS', preflight],
  ]);
}

function sendPage(exchange: Exchange, page: Page): void {
  exchange.send(200, page.headers, page.html);
}

function sendJwks(exchange: Exchange, jwks: object): void {
  exchange.sendJson(200, jwks, JWKS_HEADERS);
}

function sendReadiness(exchange: Exchange, checks: readonly ReadinessCheck[]): void {
  const ready = checks.every((check) => check.ok);
  exchange.sendJson(ready ? 200 : 503, { status: ready ? 'ready' : 'unavailable', checks });
}
