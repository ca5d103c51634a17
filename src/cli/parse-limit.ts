import { InvalidArgumentError } from 'commander';

/** Rows that a list prints at once at the most. */
export const LARGEST_LIMIT = 1_000;

/** @throws InvalidArgumentError */
export function parseLimit(text: string): number {
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > LARGEST_LIMIT)
    throw new InvalidArgumentError(`It must be from 1 to ${LARGEST_LIMIT}.`);
  return limit;
}
