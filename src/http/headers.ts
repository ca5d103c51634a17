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

/**
 * The headers of answers as Node writes them fastest, names and values in turn. Those of the last answer are kept: most
 * answers have the same ones.
 */
export class HeaderLines {
  #own: ResponseHeaders | undefined;
  #lines: readonly string[] = [];

  constructor(private readonly base: ResponseHeaders) {}

  /** @param own replace those of the base; not to be changed afterwards */
  with(own: ResponseHeaders): readonly string[] {
    if (own === this.#own) return this.#lines;
    const lines = Object.entries({ ...this.base, ...own }).flat();
    // No refresh token stays behind here (ASVS V14.2.2).
    if ('set-cookie' in own) return lines;
    this.#own = own;
    this.#lines = lines;
    return lines;
  }
}
