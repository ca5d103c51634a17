import { Refusal, type RefusalCode, type UnauthenticatedReason } from '../errors/refusal.ts';
import { isConfirmed } from './caller.ts';

/**
 * How a check of who calls ended: `confirmed` by the database, `known` by what this instance knows itself, or refused
 * and why; `failed` is a fault of the server.
 */
export const CHECK_OUTCOMES = [
  'confirmed',
  'known',
  'MISSING',
  'INVALID',
  'EXPIRED',
  'SESSION_ENDED',
  'STALE',
  'UNAVAILABLE',
  'failed',
] as const satisfies readonly (UnauthenticatedReason | RefusalCode | Lowercase<string>)[];
export type CheckOutcome = (typeof CHECK_OUTCOMES)[number];

/** Told of what the guard decides. */
export interface GuardListener {
  /** Who calls has been found out, or could not be. */
  checked(outcome: CheckOutcome): void;
  /** A caller who is proven was kept from a field: FORBIDDEN or REAUTHENTICATION_REQUIRED. */
  denied(code: RefusalCode): void;
}

/** Runs a check of who calls and tells how it ended. What is known at once stays so; what is refused rejects. */
export function told<Admitted extends object>(
  listener: GuardListener,
  check: () => Admitted | Promise<Admitted>,
): Admitted | Promise<Admitted> {
  const tell = (admitted: Admitted) => {
    listener.checked(isConfirmed(admitted) ? 'confirmed' : 'known');
    return admitted;
  };
  const admitted = check();
  if (!(admitted instanceof Promise)) return tell(admitted);
  return admitted.then(tell, (error: unknown) => {
    listener.checked(outcomeOf(error));
    throw error;
  });
}

function outcomeOf(error: unknown): CheckOutcome {
  if (!(error instanceof Refusal)) return 'failed';
  const told = error.details['reason'] ?? error.code;
  return CHECK_OUTCOMES.find((outcome) => outcome === told) ?? 'failed';
}
