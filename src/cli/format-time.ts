/**
 * @param ms of the database's clock
 * @returns e.g. `2026-01-31 09:05`, in UTC
 */
export function formatTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}

/** To the second, e.g. `2026-01-31 09:05:07`, in UTC. */
export function formatSecond(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

/** For JSON. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
