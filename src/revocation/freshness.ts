/** A moment by the two clocks of a process, in milliseconds. */
export interface Moment {
  /** Never goes back, but stands still while the machine is suspended. */
  readonly monotonic: number;
  /** Goes on while the machine is suspended, but can be set. */
  readonly wall: number;
}

export function processMoment(): Moment {
  return { monotonic: performance.now(), wall: Date.now() };
}

/**
 * Whether this process can prove that it knows what was revoked up to a moment ago. The age of the proof is judged when
 * it is used, by whichever clock says more, so that neither a process that was stopped, nor a machine that slept, nor a
 * clock that was set takes old knowledge for new (DESIGN section 5, SECURITY I6).
 */
export class Freshness {
  #provenAt: Moment | undefined;

  /** @param maxStaleness milliseconds */
  constructor(
    private readonly maxStaleness: number,
    private readonly moment: () => Moment = processMoment,
  ) {}

  /** Where a proof begins: to be taken before the question is sent, since the answer is as old as that. */
  begin(): Moment {
    return this.moment();
  }

  /** @param begun all that was revoked before it is known now */
  prove(begun: Moment): void {
    this.#provenAt = begun;
  }

  isFresh(): boolean {
    return this.age() <= this.maxStaleness;
  }

  /** Milliseconds; Infinity before the first proof. */
  age(): number {
    if (this.#provenAt === undefined) return Number.POSITIVE_INFINITY;
    const { monotonic, wall } = this.moment();
    return Math.max(monotonic - this.#provenAt.monotonic, wall - this.#provenAt.wall);
  }
}
