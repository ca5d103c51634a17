import type { RefusalCode } from '../errors/refusal.ts';
import type { AuthenticatedCaller } from './authenticated-caller.ts';
import type { Judged } from './requirement.ts';

/** Who lets callers in: the guard of a server, or that of a service which knows the issuer's address alone. */
export interface Gate<Proven extends Judged = Judged> {
  /**
   * Who calls, for handlers that are no fields of a schema.
   *
   * @param bearer the Authorization header, or the access token alone
   * @throws Refusal UNAUTHENTICATED, with the reason in its details; UNAVAILABLE
   */
  authenticate(bearer: string | undefined): Promise<AuthenticatedCaller>;
  /**
   * Begins to find out who calls, once for all that is decided together.
   *
   * @param authorization the raw header
   */
  begin(authorization: string | undefined): Decision<Proven>;
  /** Milliseconds, by the clock of the tokens. */
  now(): number;
  /** Told that a caller who is proven was kept from a field: FORBIDDEN or REAUTHENTICATION_REQUIRED. */
  denied(code: RefusalCode): void;
}

/** One decision about who calls: each of the two ways to it is gone once at most. */
export interface Decision<Proven extends Judged = Judged> {
  /** What the caller may be judged by, once they have been let in, in either way. */
  readonly admitted: Judged | undefined;
  /**
   * By what is known here, where that may be relied on.
   *
   * @returns at once, where it stands by now; a refusal, UNAUTHENTICATED or UNAVAILABLE, rejects
   */
  admit(): Judged | Promise<Judged>;
  /**
   * By whoever knows best.
   *
   * @returns at once, where it stands by now; a refusal, UNAUTHENTICATED or UNAVAILABLE, rejects
   */
  prove(): Proven | Promise<Proven>;
}
