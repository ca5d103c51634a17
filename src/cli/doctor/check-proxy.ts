import type { Addresses } from '../../settings/resolve.ts';
import type { Settings } from '../../settings/settings.ts';
import { isLoopback, isPrivate } from './addresses.ts';
import { type Finding, orOk, warning } from './finding.ts';

/** So many sessions from one address are no chance. */
const ENOUGH_SESSIONS = 10;

const SET_IT = 'Set TRUST_PROXY to the number of proxies in front, or better to their addresses or networks.';

/** Whether the addresses of clients will be theirs. */
export function checkProxy({ trustProxy, host }: Settings, { issuer }: Addresses): readonly Finding[] {
  return orOk(
    [...untrusted(trustProxy, issuer), ...trustsAll(trustProxy), ...reachableBeside(trustProxy, host)],
    'proxy',
    trustProxy === false
      ? 'none is believed, and ISSUER asks for none.'
      : `TRUST_PROXY believes ${typeof trustProxy === 'number' ? `${trustProxy} in front` : String(trustProxy)}.`,
  );
}

/** This server speaks plain http: where clients use https, a proxy stands in front. */
function untrusted(trustProxy: Settings['trustProxy'], issuer: string): Finding[] {
  if (trustProxy !== false || !issuer.startsWith('https:')) return [];
  const what =
    'is false while ISSUER is https, so that a proxy must stand in front: every client seems to have its address, in the sessions, in the log, and for whatever counts by address.';
  return [warning('TRUST_PROXY', what, SET_IT)];
}

function trustsAll(trustProxy: Settings['trustProxy']): Finding[] {
  if (trustProxy !== 'all') return [];
  return [warning('TRUST_PROXY', 'believes everybody: each client chooses its own address.', SET_IT)];
}

/** A number counts from whoever connects, a list of addresses does not. */
function reachableBeside(trustProxy: Settings['trustProxy'], host: string): Finding[] {
  if (typeof trustProxy !== 'number' || isLoopback(host)) return [];
  const what = `is a number while HOST is ${host}: whoever reaches that port beside the proxy is believed about its own address.`;
  const mend = "Set TRUST_PROXY to the proxies' addresses or networks, or let nobody else reach the port.";
  return [warning('TRUST_PROXY', what, mend)];
}

/**
 * The proof of it: clients of a server that the internet reaches do not all come from one private address.
 *
 * @param addresses of the newest sessions
 */
export function checkClientAddresses(addresses: readonly (string | null)[], issuer: string): Finding[] {
  const [first, ...others] = new Set(addresses);
  const one = typeof first === 'string' && others.length === 0 && isPrivate(first);
  if (!one || addresses.length < ENOUGH_SESSIONS || !issuer.startsWith('https:')) return [];
  const what = `the newest ${addresses.length} sessions all come from ${first}: that is a proxy, not a client.`;
  const mend = `${SET_IT} Each proxy must append the address that it sees to X-Forwarded-For.`;
  return [warning('proxy', what, mend)];
}
