/**
 * The server's time by the `Date` of its answers and a monotonic clock in between, so that a wrong wall clock of this
 * computer shows no wrong words. Exact to a second.
 */
let known: { readonly server: number; readonly monotonic: number } | undefined;

export function noteServerDate(header: string | null): void {
  const server = Date.parse(header ?? '');
  if (!Number.isNaN(server)) known = { server, monotonic: performance.now() };
}

/** Milliseconds since 1970. */
export function serverNow(): number {
  return known === undefined ? Date.now() : known.server + performance.now() - known.monotonic;
}
