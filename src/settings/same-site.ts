import { getDomain } from 'tldts';

/**
 * Whether a page of one URL's origin sends SameSite=Strict cookies to the other (RFC 6265bis §5.2, schemeful):
 * the same scheme and the same registrable domain by the public suffix list, its private part (github.io) included.
 * Hosts that have none (`localhost`, IP addresses) must be equal.
 */
export function isSameSite(one: string, other: string): boolean {
  const [a, b] = [new URL(one), new URL(other)];
  return a.protocol === b.protocol && site(a.hostname) === site(b.hostname);
}

function site(host: string): string {
  return getDomain(host, { allowPrivateDomains: true }) ?? host;
}
