/** The middle one; of an even number the higher of the two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The chance that one of these is greater than one of those (Mann and Whitney's U, as a share); 0.5: no difference. */
export function chanceOfGreater(these: readonly number[], those: readonly number[]): number {
  let greater = 0;
  for (const one of these) {
    for (const other of those) greater += one > other ? 1 : one === other ? 0.5 : 0;
  }
  return greater / (these.length * those.length);
}

/** @param share e.g. 0.99: so many of the values are no greater */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
