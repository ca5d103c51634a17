import type { VerifiedToken } from '../tokens/verified-tokens.ts';
import { traced } from '../tracing.ts';
import { authenticatedCaller } from './authenticated-caller.ts';
import { headerOf } from './bearer.ts';
import { type Caller, isConfirmed } from './caller.ts';
import type { Decision, Gate } from './gate.ts';
import { admitBearer, authenticateBearer, confirmCaller, type GuardServices } from './guard.ts';
import { told } from './guard-listener.ts';
import type { Judged } from './requirement.ts';

/** The gate of a server: what this instance knows itself, or else the database, lets callers in. */
export function serverGate(guard: GuardServices): Gate<Caller> {
  const begin = (authorization: string | undefined) => new ServerDecision(guard, authorization);
  return {
    authenticate: async (bearer) => authenticatedCaller(await begin(headerOf(bearer)).prove()),
    begin,
    now: () => guard.clock.now(),
    denied: (code) => guard.listener.denied(code),
  };
}

class ServerDecision implements Decision<Caller> {
  admitted: Judged | undefined;
  #admission: VerifiedToken | Caller | Promise<VerifiedToken | Caller> | undefined;
  #proof: Promise<Caller> | undefined;

  constructor(
    private readonly guard: GuardServices,
    private readonly authorization: string | undefined,
  ) {}

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
