/** Milliseconds: the first pause, doubled after each failure, and the longest. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** Events after which waiting makes no sense any more. */
const RETURNS = ['online', 'pageshow'];

/** What lies between attempts that failed: longer each time, and never the same for all clients. */
export class Pause {
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly onEnd: () => void) {
    for (const name of RETURNS) globalThis.window?.addEventListener?.(name, this.end);
  }

  get isOn(): boolean {
    return this.#timer !== undefined;
  }

  /** @param retryAfter seconds that it lasts at least */
  begin(retryAfter = 0): void {
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures++);
    const wait = Math.max(retryAfter * 1_000, longest * (0.5 + Math.random() / 2));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.end, wait);
  }

  /** For what is expected to happen once. */
  beginUnlessFirst(): void {
    if (this.#failures > 0) this.begin();
    else this.#failures = 1;
  }

  /** It went well for a while. */
  reset(): void {
    this.#failures = 0;
  }

  readonly end = (): void => {
    if (!this.isOn) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.onEnd();
  };

  stop(): void {
    clearTimeout(this.#timer);
    for (const name of RETURNS) globalThis.window?.removeEventListener?.(name, this.end);
  }
}
