/** Milliseconds by which one connection may be behind another one. */
export const SKEW_MS = 2_000;

/**
 * While an operation runs on two connections: what both bring counts once. The protocol numbers nothing, so messages are
 * the same when they read the same and come within SKEW_MS of one another.
 */
export class Overlap {
  /** What one has brought, and the other one not yet. */
  readonly #single = new Map<string, { readonly by: object; readonly at: number }[]>();

  /** Whether `by` is the first one to bring this message. */
  isFirst(by: object, message: string): boolean {
    const at = performance.now();
    const single = (this.#single.get(message) ?? []).filter((entry) => at - entry.at < SKEW_MS);
    const twin = single.findIndex((entry) => entry.by !== by);
    if (twin < 0) single.push({ by, at });
    else single.splice(twin, 1);
    this.#single.set(message, single);
    return twin < 0;
  }
}
