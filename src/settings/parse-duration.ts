import { UnusableValue } from './unusable-value.ts';

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * A duration such as `30s`, `5m`, `12h` or `7d`, in milliseconds.
 * @param least the shortest one accepted, written the same way
 * @param most the longest one accepted, written the same way
 * @throws UnusableValue for any other text, and outside the bounds
 */
export function duration(least: string, most: string): (text: string) => number {
  const leastMs = milliseconds(least);
  const mostMs = milliseconds(most);
  return (text) => {
    const value = milliseconds(text);
    if (value >= leastMs && value <= mostMs) return value;
    throw new UnusableValue(`must be a duration from ${least} to ${most}, written like 30s, 5m, 12h or 7d`);
  };
}

function milliseconds(text: string): number {
  const [, amount, unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  return Number(amount) * (UNIT_MS[unit] ?? Number.NaN);
}
