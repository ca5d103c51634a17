const LOOPBACK_OF_WILDCARD = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
]);

/** A URL that works on this machine: nothing can be sent to the addresses that mean every interface. */
export function listeningUrl(listening: string, port: number): string {
  const host = LOOPBACK_OF_WILDCARD.get(listening) ?? listening;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
