import type { Role } from '../accounts/user.ts';
import { forbidden, reauthenticationRequired } from '../errors/refusal.ts';
import type { AccessTokenClaims } from '../tokens/access-token-claims.ts';

/** What a protected field asks of its caller. */
export interface Requirement {
  /** ADMIN implies USER. */
  readonly role: Role;
  /** Seconds since the caller last proved their credentials; undefined: any. */
  readonly maxAge: number | undefined;
}

/** Every signed-in caller meets it, so that there is nothing to judge but the sign-in. */
export function isPlain({ role, maxAge }: Requirement): boolean {
  return role === 'USER' && maxAge === undefined;
}

/** All of several requirements at once: those of a type, of its interfaces and of a field add up. */
export function strictest(requirements: readonly Requirement[]): Requirement {
  const ages = requirements.flatMap(({ maxAge }) => maxAge ?? []);
  return {
    role: requirements.some(({ role }) => role === 'ADMIN') ? 'ADMIN' : 'USER',
    maxAge: ages.length === 0 ? undefined : Math.min(...ages),
  };
}

/** A caller as they are judged: a `Caller`, or what their token says of them. */
export interface Judged {
  readonly claims: AccessTokenClaims;
  readonly user: { readonly roles: readonly string[] };
}

/**
 * Roles are judged by the database's row wherever it was read; recency by the token's `auth_time`.
 *
 * @param now milliseconds
 * @throws Refusal FORBIDDEN, then REAUTHENTICATION_REQUIRED
 */
export function authorize(caller: Judged, requirement: Requirement, now: number): void {
  if (!holds(caller, requirement.role)) throw forbidden(`This needs the role ${requirement.role}.`);
  const { maxAge } = requirement;
  if (maxAge !== undefined && now / 1000 - caller.claims.authTime > maxAge)
    throw reauthenticationRequired(maxAge);
}

function holds(caller: Judged, role: Role): boolean {
  return caller.user.roles.includes(role) || (role === 'USER' && caller.user.roles.includes('ADMIN'));
}
