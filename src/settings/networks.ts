import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Family = 'ipv4' | 'ipv6';

/** The addresses from `first` to `last` of one family. */
export interface Network {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
  /** Whether no address of it is reached from the internet (RFC 1918, 4193, 6598, loopback, link-local). */
  readonly isPrivate: boolean;
}

const BITS: Record<Family, number> = { ipv4: 32, ipv6: 128 };

const PRIVATE = new Set(['private', 'uniqueLocal', 'carrierGradeNat', 'loopback', 'linkLocal']);

/**
 * Public addresses of a family that may be trusted together: an IPv4 /8 and an IPv6 /16, more than any provider of
 * proxies has. All that is allocated of IPv6 lies in a few /12.
 */
const MOST_PUBLIC: Record<Family, bigint> = { ipv4: 1n << 24n, ipv6: 1n << 112n };

/** @param prefix bits of the network; undefined: the one address. @returns undefined when it has not so many bits */
export function networkOf(address: Address, prefix: number | undefined): Network | undefined {
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress()) {
    const bits = prefix ?? 128;
    if (bits >= 96) return networkOf(address.toIPv4Address(), bits - 96);
  }
  const family = address.kind();
  const bits = prefix ?? BITS[family];
  if (bits > BITS[family]) return undefined;
  const rest = (1n << BigInt(BITS[family] - bits)) - 1n;
  const first = numberOf(address) & ~rest;
  return { family, first, last: first | rest, isPrivate: isPrivate(family, first, first | rest) };
}

/** Whether the networks together hold addresses of people whom nobody chose to trust. */
export function holdStrangers(networks: readonly Network[]): boolean {
  const strange = networks.filter((network) => !network.isPrivate);
  return (['ipv4', 'ipv6'] as const).some((family) => covered(strange, family) > MOST_PUBLIC[family]);
}

/** How many addresses the networks have; those that lie in several count once. */
function covered(networks: readonly Network[], family: Family): bigint {
  const sorted = networks
    .filter((each) => each.family === family)
    .sort((a, b) => (a.first < b.first ? -1 : 1));
  let count = 0n;
  let next = 0n;
  for (const { first, last } of sorted) {
    const from = first > next ? first : next;
    if (last < from) continue;
    count += last - from + 1n;
    next = last + 1n;
  }
  return count;
}

/** A range of special addresses has one kind from end to end: what begins and ends in one lies in it. */
function isPrivate(family: Family, first: bigint, last: bigint): boolean {
  const kind = addressOf(family, first).range();
  return PRIVATE.has(kind) && addressOf(family, last).range() === kind;
}

function numberOf(address: Address): bigint {
  return BigInt(`0x${Buffer.from(address.toByteArray()).toString('hex')}`);
}

function addressOf(family: Family, value: bigint): Address {
  const hex = value.toString(16).padStart(BITS[family] / 4, '0');
  return ipaddr.fromByteArray([...Buffer.from(hex, 'hex')]);
}
