import { authenticate } from '../accounts/authenticate.ts';
import type { User } from '../accounts/user.ts';
import type { RequestOrigin } from '../audit/event.ts';
import { sessionEnded, unauthenticated, unavailable } from '../errors/refusal.ts';
import { PROOFS, stillProven } from './log-in.ts';
import { recordFailedLogin } from './record-failed-login.ts';
import type { SessionServices } from './services.ts';
import { type Session, sessionEnd } from './session.ts';
import type { SessionTransaction } from './store.ts';

/** A signed-in user who proves their password once more. */
export interface Prover {
  readonly userId: string;
  readonly email: string;
  readonly displayName: string | null;
  readonly sessionId: string;
  readonly origin: RequestOrigin;
}

/**
 * Checks the password of a signed-in user, then runs `work` under the locks of user and session, both of them still as
 * they must be.
 *
 * @throws Refusal INVALID_CREDENTIALS, UNAUTHENTICATED when the session ended meanwhile, RATE_LIMITED
 */
export async function withProvenCaller<T>(
  services: Pick<SessionServices, 'accounts' | 'store'>,
  prover: Prover,
  password: string,
  work: (tx: SessionTransaction, user: User, session: Session) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; attempt <= PROOFS; attempt++) {
    const proven = await authenticate(services.accounts, prover.email, password);
    // The account may have been deleted meanwhile, and its e-mail be another one's.
    if (proven.verdict === 'REFUSED' || proven.user.id !== prover.userId) {
      return recordFailedLogin(
        services.store,
        { userId: prover.userId, sessionId: prover.sessionId },
        prover.origin,
      );
    }
    const outcome = await services.store.transact([prover.userId], async (tx) => {
      const user = tx.user(prover.userId);
      if (user === undefined || !stillProven(user, proven.user)) return undefined;
      return { result: await work(tx, user, await ownSession(tx, user, prover.sessionId)) };
    });
    if (outcome !== undefined) return outcome.result;
  }
  throw unavailable('the account changed at every proof');
}

async function ownSession(tx: SessionTransaction, user: User, sessionId: string): Promise<Session> {
  const session = await tx.session(sessionId);
  if (session === undefined || session.userId !== user.id) throw unauthenticated('INVALID');
  const end = sessionEnd(session, user.status, tx.now);
  if (end !== undefined) throw sessionEnded(end);
  return session;
}
