import { HeaderMap, type HTTPGraphQLRequest, type HTTPGraphQLResponse } from '@apollo/server';
import type { GraphQLEndpoint, RequestFacts } from '../../src/graphql/request.ts';
import { readConsole } from '../../src/http/console-files.ts';
import type { RequestHandler } from '../../src/http/exchange.ts';
import { HttpListener } from '../../src/http/listener.ts';
import { createRouter, type RouterDependencies } from '../../src/http/router.ts';
import { createLogger } from '../../src/log.ts';
import type { OAuthServices } from '../../src/oauth/services.ts';
import { CONSOLE } from '../support/console.ts';

export const ORIGIN = 'https://app.example.com';
export const WEB_VIEW = 'capacitor://localhost';

export interface Asked {
  readonly request: HTTPGraphQLRequest;
  readonly facts: RequestFacts;
}

/** Stands where the GraphQL server stands: keeps what it was asked and answers what it is told to. */
export class RecordingEndpoint implements GraphQLEndpoint {
  readonly asked: Asked[] = [];
  answer: (asked: Asked) => HTTPGraphQLResponse | Promise<HTTPGraphQLResponse> = () => jsonAnswer();

  async execute(request: HTTPGraphQLRequest, facts: RequestFacts): Promise<HTTPGraphQLResponse> {
    this.asked.push({ request, facts });
    return this.answer({ request, facts });
  }

  get facts(): RequestFacts {
    const last = this.asked.at(-1);
    if (last === undefined) throw new Error('nothing was asked');
    return last.facts;
  }
}

export function jsonAnswer(text = '{"data":{}}', status?: number): HTTPGraphQLResponse {
  const headers = new HeaderMap([['content-type', 'application/json; charset=utf-8']]);
  return { headers, body: { kind: 'complete', string: text }, ...(status === undefined ? {} : { status }) };
}

/** Nobody has a credential; what one with a credential gets is shown with a whole server. */
const NO_CLIENTS = { clients: { authenticate: async () => undefined } } as unknown as OAuthServices;

export type LogLine = Readonly<Record<string, unknown>>;

export interface RunningServer {
  readonly port: number;
  readonly listener: HttpListener;
  readonly endpoint: RecordingEndpoint;
  readonly log: { readonly text: () => string; readonly lines: () => readonly LogLine[] };
}

const running: HttpListener[] = [];

/** A real server on a free port of the loopback address, with the whole router unless a handler is given. */
export async function startServer(
  overrides: Partial<RouterDependencies> = {},
  { https = false, handler }: { https?: boolean; handler?: RequestHandler } = {},
): Promise<RunningServer> {
  const written: string[] = [];
  const logger = createLogger('debug', { write: (line) => void written.push(line) });
  const listener = new HttpListener(logger, https);
  running.push(listener);
  const port = await listener.listen('127.0.0.1', 0);
  const endpoint = new RecordingEndpoint();
  listener.serve(handler ?? createRouter({ ...dependencies(endpoint), ...overrides }));
  const text = () => written.join('');
  const lines = () => written.map((line): LogLine => JSON.parse(line));
  return { port, listener, endpoint, log: { text, lines } };
}

export async function stopServers(): Promise<void> {
  await Promise.all(running.splice(0).map((listener) => listener.drain(0)));
}

function dependencies(endpoint: RecordingEndpoint): RouterDependencies {
  return {
    console: readConsole(CONSOLE),
    allowedOrigins: [ORIGIN],
    bodyOrigins: [WEB_VIEW],
    cookieSecure: true,
    trustProxy: false,
    graphiql: true,
    graphql: endpoint,
    oauth: NO_CLIENTS,
    jwks: async () => ({ keys: [{ kty: 'OKP', kid: 'k1' }] }),
    readiness: async () => [{ name: 'database', ok: true }],
    localMetrics: undefined,
  };
}
