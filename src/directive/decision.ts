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
  #admission: VerifiedToken | Caller | Promise<VerifiedToken | Caller> | undefined;
  #proof: Promise<Caller> | undefined;

  /** @param authorization the raw header */
  constructor(
    private readonly guard: GuardServices,
    private readonly authorization: string | undefined,
  ) {}

  /**
   * By what this instance knows itself, where that may be relied on.
   *
   * @returns at once, where it stands by now; a refusal rejects
   */
  admit(): Judged | Promise<Judged> {
    if (this.admitted !== undefined) return this.admitted;
    this.#admission ??= this.#check(() => admitBearer(this.guard, this.authorization));
    if (this.#admission instanceof Promise) return this.#admission.then((admitted) => this.#keep(admitted));
    return this.#keep(this.#admission);
  }

  #keep(admitted: VerifiedToken | Caller): Judged {
    this.admitted ??= isConfirmed(admitted) ? admitted : { claims: admitted.claims, user: admitted.claims };
    return this.admitted;
  }

  /**
   * By the database.
   *
   * @returns at once, where it stands by now; a refusal rejects
   */
  prove(): Caller | Promise<Caller> {
    if (isConfirmed(this.admitted)) return this.admitted;
    this.#proof ??= this.#prove();
    return this.#proof;
  }

  async #prove(): Promise<Caller> {
    const admitted = await this.#admission;
    const caller = await (admitted === undefined ? this.#authenticate() : this.#confirm(admitted));
    this.admitted = caller;
    return caller;
  }

  #authenticate(): Caller | Promise<Caller> {
    return this.#check(() => authenticateBearer(this.guard, this.authorization));
  }

  #confirm(admitted: VerifiedToken | Caller): Caller | Promise<Caller> {
    return isConfirmed(admitted) ? admitted : this.#check(() => confirmCaller(this.guard, admitted));
  }

  #check<Admitted extends object>(check: () => Admitted | Promise<Admitted>): Admitted | Promise<Admitted> {
    const tell = (): Admitted | Promise<Admitted> => told(this.guard.listener, check);
    return traced('guard check', tell);
  }
}
