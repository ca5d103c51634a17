import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';
import proxyaddr from 'proxy-addr';
import type { Settings } from '../settings/settings.ts';

export type ClientAddress = (request: IncomingMessage) => string | null;

/**
 * How to find the address that a request comes from. `X-Forwarded-For` is believed as far as trusted proxies
 * wrote it and no further (ASVS V4.1.3); where a proxy passed on rubbish, the nearest real address counts. One
 * address has one spelling: IPv4-mapped IPv6 becomes IPv4, IPv6 is written as RFC 5952 says.
 */
export function clientAddress(trustProxy: Settings['trustProxy']): ClientAddress {
  if (trustProxy === false) {
    return ({ socket: { remoteAddress = '' } }) => spellings.get(remoteAddress) ?? nearestOf([remoteAddress]);
  }
  const trusts = trustFunction(trustProxy);
  return (request) => nearestOf(proxyaddr.all(request, trusts));
}

/** Whether a peer, so many hops away, is a proxy whose word is believed. */
export function trustFunction(trustProxy: Settings['trustProxy']): (address: string, hop: number) => boolean {
  if (trustProxy === false) return () => false;
  if (trustProxy === 'all') return () => true;
  if (typeof trustProxy === 'number') return (_, hop) => hop < trustProxy;
  return proxyaddr.compile([...trustProxy]);
}

/** @param addresses from the peer outwards */
function nearestOf(addresses: readonly (string | undefined)[]): string | null {
  const nearest = addresses.findLast((address) => isIP(address ?? '') !== 0);
  return nearest === undefined ? null : canonical(nearest);
}

/** Of the addresses that came last: to parse one costs more than the rest of finding it, and a client comes again. */
const spellings = new LRUCache<string, string>({ max: 1_000 });

function canonical(address: string): string {
  const known = spellings.get(address);
  if (known !== undefined) return known;
  // A zone names an interface of the machine that wrote it.
  const [unzoned = address] = address.split('%');
  const spelling = ipaddr.process(unzoned).toString();
  spellings.set(address, spelling);
  return spelling;
}
