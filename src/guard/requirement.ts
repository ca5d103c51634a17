import { forbidden, reauthenticationRequired } from '../errors/refusal.ts';
import type { AccessTokenClaims } from '../tokens/access-token-claims.ts';

/** A role that is asked for. */
export interface RequiredRole {
  readonly name: string;
  /** Itself and the roles that imply it: to hold one of them is enough. */
  readonly heldBy: readonly string[];
}

/** What a protected field asks of its caller. */
export interface Requirement {
  /** All of them. */
  readonly roles: readonly RequiredRole[];
  /** Seconds since the caller last proved their credentials; undefined: any. */
  readonly maxAge: number | undefined;
  /** Names of further conditions, all of which must hold. */
  readonly conditions: readonly string[];
  /** Every signed-in caller meets it, so that there is nothing to judge but the sign-in. */
  readonly isPlain: boolean;
}

/** All of several requirements at once: those of a type, of its interfaces and of a field add up. */
export function sumOf(requirements: readonly Requirement[]): Requirement {
  const ages = requirements.flatMap(({ maxAge }) => maxAge ?? []);
  const roles = new Map(requirements.flatMap((each) => each.roles.map((role) => [role.name, role])));
  return {
    roles: [...roles.values()],
    maxAge: ages.length === 0 ? undefined : Math.min(...ages),
    conditions: [...new Set(requirements.flatMap(({ conditions }) => conditions))],
    isPlain: requirements.every(({ isPlain }) => isPlain),
  };
}

/** A caller as they are judged: a `Caller`, or what their token says of them. */
export interface Judged {
  readonly claims: AccessTokenClaims;
  readonly user: { readonly roles: readonly string[] };
}

/**
 * Roles are judged by the database's row wherever it was read; recency by the token's `auth_time`. The conditions are
 * judged where the field is.
 *
 * @param now milliseconds
 * @throws Refusal FORBIDDEN, then REAUTHENTICATION_REQUIRED
 */
export function authorize(caller: Judged, { roles, maxAge }: Requirement, now: number): void {
  const missing = roles.find((role) => !holds(caller, role));
  if (missing !== undefined) throw forbidden(`This needs the role ${missing.name}.`);
  if (maxAge !== undefined && now / 1000 - caller.claims.authTime > maxAge)
    throw reauthenticationRequired(maxAge);
}

function holds(caller: Judged, { heldBy }: RequiredRole): boolean {
  return heldBy.some((role) => caller.user.roles.includes(role));
}
