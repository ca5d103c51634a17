/** Names in lower case, so that a later set of headers replaces an earlier one's. */
export type ResponseHeaders = Readonly<Record<string, string>>;

/** ASVS V3.4.1: at least a year, subdomains included. */
const HSTS = 'max-age=31536000; includeSubDomains';

/**
 * What every answer carries unless its route says otherwise: data that nobody may cache, frame, sniff or embed
 * (ASVS V3.4, OWASP REST security: security headers).
 *
 * @param https whether clients reach this server by https, through its own or a proxy's TLS
 */
export function baseHeaders(https: boolean): ResponseHeaders {
  return {
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    ...(https ? { 'strict-transport-security': HSTS } : {}),
  };
}
