import type { Role } from '../accounts/user.ts';
import { forbidden, reauthenticationRequired } from '../errors/refusal.ts';
import type { Caller } from './caller.ts';

/** What a protected field asks of its caller. */
export interface Requirement {
  /** ADMIN implies USER. */
  readonly role: Role;
  /** Seconds since the caller last proved their credentials; undefined: any. */
  readonly maxAge: number | undefined;
}

/** All of several requirements at once: those of a type, of its interfaces and of a field add up. */
export function strictest(requirements: readonly Requirement[]): Requirement {
  const ages = requirements.flatMap(({ maxAge }) => maxAge ?? []);
  return {
    role: requirements.some(({ role }) => role === 'ADMIN') ? 'ADMIN' : 'USER',
    maxAge: ages.length === 0 ? undefined : Math.min(...ages),
  };
}

/**
 * Roles are judged by the database's row, not by the token's copy; recency by the token's `auth_time`.
 *
 * @param now milliseconds
 * @throws Refusal FORBIDDEN, then REAUTHENTICATION_REQUIRED
 */
export function authorize(caller: Caller, requirement: Requirement, now: number): void {
  if (!holds(caller, requirement.role)) throw forbidden(`This needs the role ${requirement.role}.`);
  const { maxAge } = requirement;
  if (maxAge !== undefined && now / 1000 - caller.claims.authTime > maxAge)
    throw reauthenticationRequired(maxAge);
}

function holds(caller: Caller, role: Role): boolean {
  return caller.user.roles.includes(role) || (role === 'USER' && caller.user.roles.includes('ADMIN'));
}
