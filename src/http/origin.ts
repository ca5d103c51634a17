import type { RequestFacts } from '../graphql/request.ts';
import type { ResponseHeaders } from './headers.ts';

export interface OriginPolicy {
  /** Origins whose pages may use the cookie. */
  readonly allowedOrigins: readonly string[];
  /** Origins of native apps' web views: BODY transport, never the cookie. */
  readonly bodyOrigins: readonly string[];
}

/** What a browser, and no script in it, says about where a request comes from. */
export interface OriginHeaders {
  /** As Node joins them: of two, a text that is no origin. */
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
  readonly refreshCookie: boolean;
}

export interface OriginVerdict {
  readonly client: RequestFacts['client'];
  readonly cookieAllowed: boolean;
  /** Whether the page may read the answer, and with the cookie or without. */
  readonly cors: 'credentials' | 'plain' | 'none';
}

const ALLOWED_REQUEST_HEADERS =
  'content-type, authorization, apollo-require-preflight, x-apollo-operation-name';
const PREFLIGHT_SECONDS = '600';

/**
 * Origins are compared as exact strings with what is configured, never with `Host`, which DNS rebinding controls
 * (ASVS V3.5.1, OWASP CSRF cheat sheet: verifying origin; Fetch Metadata).
 */
export function judgeOrigin(headers: OriginHeaders, policy: OriginPolicy): OriginVerdict {
  const { origin, fetchSite } = headers;
  if (origin !== undefined && policy.bodyOrigins.includes(origin)) {
    return { client: 'webView', cookieAllowed: false, cors: 'plain' };
  }
  const browser = origin !== undefined || fetchSite !== undefined || headers.refreshCookie;
  const client = browser ? 'browser' : 'native';
  if (origin === undefined) return { client, cookieAllowed: isOwnSite(fetchSite), cors: 'none' };
  const allowed = policy.allowedOrigins.includes(origin);
  return { client, cookieAllowed: allowed, cors: allowed ? 'credentials' : 'none' };
}

/** `same-site` is not enough: a neighbour under the same registrable domain is a stranger. */
function isOwnSite(fetchSite: string | undefined): boolean {
  return fetchSite === undefined || fetchSite === 'same-origin' || fetchSite === 'none';
}

/** An answer varies with the origin even where that gets none. */
export const NOT_SHARED: ResponseHeaders = { vary: 'Origin' };

/** CORS headers of an answer. */
export function corsHeaders(cors: OriginVerdict['cors'], origin: string | undefined): ResponseHeaders {
  if (cors === 'none' || origin === undefined) return NOT_SHARED;
  return {
    vary: 'Origin',
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'x-request-id',
    ...(cors === 'credentials' ? { 'access-control-allow-credentials': 'true' } : {}),
  };
}

/** What a preflight asks for beside `corsHeaders`. */
export function preflightHeaders(cors: OriginVerdict['cors']): ResponseHeaders {
  if (cors === 'none') return {};
  return {
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': ALLOWED_REQUEST_HEADERS,
    'access-control-max-age': PREFLIGHT_SECONDS,
  };
}
