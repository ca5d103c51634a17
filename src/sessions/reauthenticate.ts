import { askClaims } from '../hooks/ask-hooks.ts';
import { type AccessGrant, issueAccess } from './grant.ts';
import { type Prover, withProvenCaller } from './prove-caller.ts';
import type { SessionServices } from './services.ts';

/**
 * Proves the password again within a session and moves its `auth_time`. Nothing is rotated: neither a refresh nor a
 * rotation ever moves it (OpenID Connect Core §2, auth_time; ASVS V7.5.3).
 *
 * @throws Refusal INVALID_CREDENTIALS, UNAUTHENTICATED, RATE_LIMITED
 */
export async function reauthenticate(
  services: SessionServices,
  prover: Prover,
  password: string,
): Promise<AccessGrant> {
  const granted = await withProvenCaller(services, prover, password, async (proven) => {
    const claims = await askClaims(services.hooks, proven, prover.sessionId);
    return async (tx, user, session) => {
      const changes = { authenticatedAt: tx.now };
      await tx.updateSession(session, changes);
      await tx.record([
        {
          type: 'REAUTHENTICATED',
          at: tx.now,
          actorId: user.id,
          userId: user.id,
          sessionId: session.id,
          ...prover.origin,
          detail: null,
        },
      ]);
      return { user, session: { ...session, ...changes }, now: tx.now, keyEpoch: tx.keyEpoch, claims };
    };
  });
  return issueAccess(services, granted);
}
