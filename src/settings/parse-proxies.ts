import ipaddr from 'ipaddr.js';
import { UnusableValue } from './unusable-value.ts';

/** More hops than this are no chain of proxies: an address that the client wrote would be believed. */
const MOST_HOPS = 10;
const ADDRESS_BITS = { ipv4: 32, ipv6: 128 } as const;
/** The widest private networks: 10.0.0.0/8 and fc00::/7. A wider one holds strangers. */
const WIDEST_PREFIX = { ipv4: 8, ipv6: 7 } as const;

/**
 * Which proxies' `X-Forwarded-For` is believed: none, a number of hops, or addresses and networks.
 * @throws UnusableValue for anything else; for `true`, `*`, `0.0.0.0/0` and networks nearly as wide too, with
 *   which every client could choose its own address (ASVS V4.1.3)
 */
export function proxies(text: string): false | number | readonly string[] {
  if (text === 'false' || text === 'off') return false;
  if (/^\d+$/.test(text)) return hops(Number(text));
  if (text === 'true' || text === 'on' || text === '*') throw trustsEverybody();
  return text.split(',').map((entry) => network(entry.trim()));
}

function hops(count: number): false | number {
  if (count > MOST_HOPS) throw new UnusableValue(`must be at most ${MOST_HOPS} proxies`);
  return count === 0 ? false : count;
}

function network(text: string): string {
  const prefix = prefixOf(text);
  if (prefix === undefined) {
    throw new UnusableValue(
      'must be false, the number of proxies, or a list of addresses or networks such as 10.0.0.0/8',
    );
  }
  if (prefix.bits < WIDEST_PREFIX[prefix.kind]) throw trustsEverybody();
  return text;
}

function trustsEverybody(): UnusableValue {
  return new UnusableValue(
    'must not trust everybody: any client could forge its address; name the number of proxies or their networks',
  );
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
