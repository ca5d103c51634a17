/** What is counted, hour by hour, for a chart: it is no evidence, which is the security log's. */
export const ACTIVITY_KINDS = ['LOGIN', 'FAILED_LOGIN', 'REFRESH', 'REVOCATION'] as const;
export type ActivityKind = (typeof ACTIVITY_KINDS)[number];

/** Milliseconds. */
export const HOUR = 3_600_000;

/** For so many hours the counts are kept, the current one among them. */
export const KEPT_HOURS = 7 * 24;

export interface ActivityCount {
  /** Its beginning: milliseconds of the database's clock. */
  readonly hour: number;
  readonly kind: ActivityKind;
  readonly count: number;
}

/** The counts of all instances together. */
export interface ActivityStore {
  /**
   * Adds all of them or none.
   *
   * @throws Refusal UNAVAILABLE
   */
  add(counts: readonly ActivityCount[]): Promise<void>;
  /** Those of this hour and later. */
  since(hour: number): Promise<readonly ActivityCount[]>;
}

export function hourOf(time: number): number {
  return time - (time % HOUR);
}
