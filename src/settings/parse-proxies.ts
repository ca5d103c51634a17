import ipaddr from 'ipaddr.js';
import { UnusableValue } from './unusable-value.ts';

/** More hops than this are no chain of proxies: an address that the client wrote would be believed. */
const MOST_HOPS = 10;
const ADDRESS_BITS = { ipv4: 32, ipv6: 128 } as const;
/** The widest private networks: 10.0.0.0/8 and fc00::/7. A wider one holds strangers. */
const WIDEST_PREFIX = { ipv4: 8, ipv6: 7 } as const;

/** Whose `X-Forwarded-For` is believed: nobody's, of so many hops, of addresses and networks, or everybody's. */
export type TrustedProxies = false | number | readonly string[] | 'all';

/**
 * `all` for `true`, `*`, `0.0.0.0/0` and networks nearly as wide, with which every client can choose its own address
 * (ASVS V4.1.3): good for a try on one's own machine, and refused in production.
 *
 * @throws UnusableValue
 */
export function proxies(text: string): TrustedProxies {
  if (text === 'false' || text === 'off') return false;
  if (/^\d+$/.test(text)) return hops(Number(text));
  if (text === 'true' || text === 'on' || text === '*') return 'all';
  const networks = text.split(',').map((entry) => network(entry.trim()));
  return networks.some(({ bits, kind }) => bits < WIDEST_PREFIX[kind])
    ? 'all'
    : networks.map((each) => each.text);
}

function hops(count: number): false | number {
  if (count > MOST_HOPS) throw new UnusableValue(`must be at most ${MOST_HOPS} proxies`);
  return count === 0 ? false : count;
}

function network(text: string): Prefix & { readonly text: string } {
  const prefix = prefixOf(text);
  if (prefix === undefined) {
    throw new UnusableValue(
      'must be false, the number of proxies, or a list of addresses or networks such as 10.0.0.0/8',
    );
  }
  return { ...prefix, text };
}

interface Prefix {
  readonly kind: 'ipv4' | 'ipv6';
  readonly bits: number;
}

function prefixOf(text: string): Prefix | undefined {
  const [, address = '', bits] = /^([\da-f.:]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  const parsed = parseAddress(address);
  if (parsed === undefined) return undefined;
  const kind = parsed.kind();
  const length = bits === undefined ? ADDRESS_BITS[kind] : Number(bits);
  if (length > ADDRESS_BITS[kind]) return undefined;
  const mapped = parsed instanceof ipaddr.IPv6 && parsed.isIPv4MappedAddress() && length >= 96;
  return mapped ? { kind: 'ipv4', bits: length - 96 } : { kind, bits: length };
}

/** ipaddr.js also reads `127.1` and `0x7f.1`; only the usual spelling is taken. */
function parseAddress(address: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return ipaddr.IPv4.parse(address);
  return ipaddr.IPv6.isValid(address) ? ipaddr.IPv6.parse(address) : undefined;
}
