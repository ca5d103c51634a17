import ipaddr from 'ipaddr.js';
import { holdStrangers, type Network, networkOf } from './networks.ts';
import { UnusableValue } from './unusable-value.ts';

/** More hops than this are no chain of proxies: an address that the client wrote would be believed. */
const MOST_HOPS = 10;

/** Whose `X-Forwarded-For` is believed: nobody's, of so many hops, of addresses and networks, or everybody's. */
export type TrustedProxies = false | number | readonly string[] | 'all';

/**
 * `all` for `true`, `*`, `0.0.0.0/0` and networks that hold strangers like it, alone or together: with them a client
 * can choose its own address (ASVS V4.1.3). Good for a try on one's own machine, and refused in production.
 *
 * @throws UnusableValue
 */
export function proxies(text: string): TrustedProxies {
  if (text === 'false' || text === 'off') return false;
  if (/^\d+$/.test(text)) return hops(Number(text));
  if (text === 'true' || text === 'on' || text === '*') return 'all';
  const entries = text.split(',').map((entry) => entry.trim());
  return holdStrangers(entries.map(network)) ? 'all' : entries;
}

function hops(count: number): false | number {
  if (count > MOST_HOPS) throw new UnusableValue(`must be at most ${MOST_HOPS} proxies`);
  return count === 0 ? false : count;
}

function network(text: string): Network {
  const [, address = '', bits] = /^([\da-f.:]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  const parsed = parseAddress(address);
  const found = parsed && networkOf(parsed, bits === undefined ? undefined : Number(bits));
  if (found !== undefined) return found;
  throw new UnusableValue(
    'must be false, the number of proxies, or a list of addresses or networks such as 10.0.0.0/8',
  );
}

/** ipaddr.js also reads `127.1` and `0x7f.1`; only the usual spelling is taken. */
function parseAddress(address: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return ipaddr.IPv4.parse(address);
  return ipaddr.IPv6.isValid(address) ? ipaddr.IPv6.parse(address) : undefined;
}
