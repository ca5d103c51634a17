import { type Caller, isConfirmed } from '../guard/caller.ts';
import { admitBearer, authenticateBearer, confirmCaller, type GuardServices } from '../guard/guard.ts';
import { told } from '../guard/guard-listener.ts';
import type { Judged } from '../guard/requirement.ts';
import type { VerifiedToken } from '../tokens/verified-tokens.ts';
import { traced } from '../tracing.ts';

/** One decision about who calls: each of the two ways to it is gone once at most. */
export class Decision {
  /** What the caller may be judged by, once they have been let in, in either way. */
  admitted: Judged | undefined;
  #admission: Promise<VerifiedToken | Caller> | undefined;
  #proof: Promise<Caller> | undefined;

  /** @param authorization the raw header */
  constructor(
    private readonly guard: GuardServices,
    private readonly authorization: string | undefined,
  ) {}

  /** By what this instance knows itself, where that may be relied on. */
  async admit(): Promise<Judged> {
    this.#admission ??= this.#check(() => admitBearer(this.guard, this.authorization));
    const admitted = await this.#admission;
    this.admitted ??= isConfirmed(admitted) ? admitted : { claims: admitted.claims, user: admitted.claims };
    return this.admitted;
  }

  /** By the database. */
  async prove(): Promise<Caller> {
    this.#proof ??= this.#prove();
    const caller = await this.#proof;
    this.admitted = caller;
    return caller;
  }

  async #prove(): Promise<Caller> {
    if (this.#admission === undefined)
      return this.#check(() => authenticateBearer(this.guard, this.authorization));
    const admitted = await this.#admission;
    return isConfirmed(admitted) ? admitted : this.#check(() => confirmCaller(this.guard, admitted));
  }

  #check<Admitted extends object>(check: () => Promise<Admitted>): Promise<Admitted> {
    return traced('guard check', () => told(this.guard.listener, check));
  }
}
