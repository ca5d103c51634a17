import { checkPassword, refuseUnhashable } from '../accounts/password-policy.ts';
import { askClaims } from '../hooks/ask-hooks.ts';
import { endSessions } from '../sessions/end-sessions.ts';
import { type AccessGrant, issueAccess } from '../sessions/grant.ts';
import { type Prover, withProvenCaller } from '../sessions/prove-caller.ts';
import { liveSessions } from '../sessions/revoke-sessions.ts';
import type { SessionServices } from '../sessions/services.ts';
import { setPassword } from './set-password.ts';

export interface PasswordChange {
  readonly currentPassword: string;
  readonly newPassword: string;
}

/**
 * Changes the caller's password: every other session ends in the same transaction, and access tokens issued before go
 * stale (ASVS V7.4.3); this session goes on with the one that is returned, its `auth_time` moved.
 *
 * @throws Refusal BAD_USER_INPUT, INVALID_CREDENTIALS, UNAUTHENTICATED, RATE_LIMITED
 */
export async function changePassword(
  services: SessionServices,
  prover: Prover,
  { currentPassword, newPassword }: PasswordChange,
): Promise<AccessGrant> {
  const { passwords, policy } = services.accounts;
  refuseUnhashable(currentPassword, 'currentPassword');
  checkPassword('newPassword', newPassword, policy, [prover.email, prover.displayName ?? '']);
  const actor = { actorId: prover.userId, ...prover.origin };
  const granted = await withProvenCaller(services, prover, currentPassword, async (proven) => {
    const claims = await askClaims(services.hooks, proven, prover.sessionId);
    const passwordHash = await passwords.hash(newPassword);
    return async (tx, user, session) => {
      const others = (await liveSessions(tx, user.id)).filter(({ id }) => id !== session.id);
      await endSessions(tx, others, 'PASSWORD_CHANGED', actor);
      await tx.updateSession(session, { authenticatedAt: tx.now });
      const changed = await setPassword(tx, user, passwordHash, actor, session.id);
      await services.throttle.forgetAddresses(tx, prover.email);
      const authenticated = { ...session, authenticatedAt: tx.now };
      return { user: changed, session: authenticated, now: tx.now, keyEpoch: tx.keyEpoch, claims };
    };
  });
  return issueAccess(services, granted);
}
