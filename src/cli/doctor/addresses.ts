import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** @param host of a URL or of HOST: a name or an address, IPv6 with brackets or without */
export function isLoopback(host: string): boolean {
  return /^(.+\.)?localhost$/i.test(host) || rangeOf(host) === 'loopback';
}

/** Whether it is an address that no client on the internet has. */
export function isPrivate(host: string): boolean {
  return /^(private|uniqueLocal|carrierGradeNat|loopback|linkLocal)$/.test(rangeOf(host));
}

function rangeOf(host: string): string {
  const address = host.replace(/^\[(.*)\]$/, '$1');
  return isIP(address) === 0 ? '' : ipaddr.process(address).range();
}
