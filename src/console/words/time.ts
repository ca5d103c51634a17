const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const EXACT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'medium' });
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** Seconds in each, from the largest. */
const UNITS = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** `3 hours ago`, `in 2 minutes`; what is less than a minute away is `just now`. */
export function relativeWords(iso: string, now: number): string {
  const seconds = (Date.parse(iso) - now) / 1_000;
  const [unit, length] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? [];
  return unit === undefined ? 'just now' : RELATIVE.format(Math.trunc(seconds / length), unit);
}

/** `27 November 2026 at 14:05:09` */
export function exactWords(iso: string): string {
  return EXACT.format(new Date(iso));
}

/** `14:05` */
export function clockWords(iso: string): string {
  return CLOCK.format(new Date(iso));
}

/** `1 session`, `3 sessions` */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount.toLocaleString('en')} ${amount === 1 ? one : many}`;
}
