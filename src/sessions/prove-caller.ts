import { authenticate } from '../accounts/authenticate.ts';
import type { LoginAttempt } from '../accounts/login-attempt.ts';
import { refuseUnhashable } from '../accounts/password-policy.ts';
import type { User } from '../accounts/user.ts';
import type { RequestOrigin } from '../audit/event.ts';
import { sessionEnded, unauthenticated, unavailable } from '../errors/refusal.ts';
import { PROOFS, stillProven } from './log-in.ts';
import { refuseCredentials } from './record-failed-login.ts';
import type { SessionServices } from './services.ts';
import { type Session, sessionEnd } from './session.ts';
import type { SessionTransaction } from './store.ts';

/** A signed-in user who proves their password once more. */
export interface Prover {
  readonly userId: string;
  /** Normalised. */
  readonly email: string;
  readonly displayName: string | null;
  readonly sessionId: string;
  readonly origin: RequestOrigin;
  /** `performance.now()` when the request arrived. */
  readonly arrivedAt: number;
}

/** What is done under the locks of user and session. */
type Work<T> = (tx: SessionTransaction, user: User, session: Session) => Promise<T>;

/**
 * Checks the password of a signed-in user, then runs the work under the locks of user and session, both of them still as
 * they must be. Failures are counted on the session's device alone: whoever took it over cannot keep its owner from
 * logging in elsewhere.
 *
 * @param prepare what is costly and needs no lock; who did not prove the password does not come to it
 * @throws Refusal BAD_USER_INPUT, INVALID_CREDENTIALS, UNAUTHENTICATED when the session ended meanwhile, RATE_LIMITED
 */
export async function withProvenCaller<T>(
  services: Pick<SessionServices, 'accounts' | 'store' | 'throttle' | 'hooks'>,
  prover: Prover,
  password: string,
  prepare: (proven: User) => Promise<Work<T>>,
): Promise<T> {
  refuseUnhashable(password);
  return services.throttle.duringLogin({ ...prover, sessionEnded: false }, async (attempt) => {
    for (let proof = 1; proof <= PROOFS; proof++) {
      const proven = await prove(services, prover, password, attempt);
      const work = await prepare(proven);
      const outcome = await services.store.transact([prover.userId], async (tx) => {
        const user = tx.user(prover.userId);
        if (user === undefined || !stillProven(user, proven, services.hooks)) return undefined;
        const result = await work(tx, user, await ownSession(tx, user, prover.sessionId));
        await attempt.succeed(tx);
        return { result };
      });
      if (outcome !== undefined) return outcome.result;
    }
    throw unavailable('the account changed at every proof');
  });
}

async function prove(
  { accounts, store }: Pick<SessionServices, 'accounts' | 'store'>,
  prover: Prover,
  password: string,
  attempt: LoginAttempt,
): Promise<User> {
  const user = await accounts.users.findByEmail(prover.email);
  const proven = await authenticate(accounts, user, password);
  // The account may have been deleted meanwhile, and its e-mail be another one's.
  if (proven.verdict === 'REFUSED' || proven.user.id !== prover.userId) {
    return refuseCredentials(store, { attempt, ...prover });
  }
  return proven.user;
}

async function ownSession(tx: SessionTransaction, user: User, sessionId: string): Promise<Session> {
  const session = await tx.session(sessionId);
  if (session === undefined || session.userId !== user.id) throw unauthenticated('INVALID');
  const end = sessionEnd(session, user.status, tx.now);
  if (end !== undefined) throw sessionEnded(end);
  return session;
}
