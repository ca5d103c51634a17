import { authenticate, renewedHash } from '../accounts/authenticate.ts';
import type { User } from '../accounts/user.ts';
import { Refusal, unavailable } from '../errors/refusal.ts';
import { beginSession, FIRST_POSITION, type SessionRequest } from './begin-session.ts';
import { endByLogout } from './end-sessions.ts';
import { findByRefreshToken } from './find-by-token.ts';
import { type Grant, issueGrant } from './grant.ts';
import { recordFailedLogin } from './record-failed-login.ts';
import type { SessionServices } from './services.ts';
import type { Session } from './session.ts';
import type { SessionTransaction } from './store.ts';

/** How often the password is proven anew because the account changed meanwhile; honest accounts change once. */
export const PROOFS = 3;

export interface LoginRequest extends SessionRequest {
  readonly email: string;
  readonly password: string;
  /** The refresh cookie that came along: its session, where it lives, is replaced by the new one. */
  readonly replacedToken: string | undefined;
}

/**
 * @throws Refusal INVALID_CREDENTIALS, SESSION_LIMIT, RATE_LIMITED (hashing queue full), UNAVAILABLE
 */
export async function logIn(services: SessionServices, request: LoginRequest): Promise<Grant> {
  const { store, accounts } = services;
  const replaced = await replacedSession(services, request.replacedToken);
  for (let attempt = 1; attempt <= PROOFS; attempt++) {
    const proven = await authenticate(accounts, request.email, request.password);
    if (proven.verdict === 'REFUSED') return recordFailedLogin(store, proven, request.origin);
    const passwordHash = await renewedHash(accounts, proven.user, request.password);
    const userIds = [proven.user.id, ...(replaced ? [replaced.userId] : [])];
    const granted = await store
      .transact(userIds, async (tx) => {
        const user = tx.user(proven.user.id);
        if (user === undefined || !stillProven(user, proven.user)) return undefined;
        if (passwordHash !== undefined) await tx.updateUser(user, { passwordHash });
        return replaceSession(tx, user, replaced, request, services);
      })
      .catch((error: unknown) => {
        if (!isSessionLimit(error)) throw error;
        return recordFailedLogin(store, { userId: proven.user.id }, request.origin, error);
      });
    if (granted !== undefined) return issueGrant(services, granted);
  }
  throw unavailable('the account changed at every proof');
}

function isSessionLimit(error: unknown): error is Refusal {
  return error instanceof Refusal && error.code === 'SESSION_LIMIT';
}

/** @returns undefined for a token that proves nothing */
export async function replacedSession(
  services: SessionServices,
  token: string | undefined,
): Promise<Session | undefined> {
  return token === undefined ? undefined : (await findByRefreshToken(services, token))?.session;
}

export async function replaceSession(
  tx: SessionTransaction,
  user: User,
  replaced: Session | undefined,
  request: SessionRequest,
  services: SessionServices,
) {
  if (replaced !== undefined) await endByLogout(tx, replaced, request.origin);
  const session = await beginSession(tx, user, request, services.policy);
  return { user, session, position: FIRST_POSITION, now: tx.now };
}

/**
 * The password was checked before the row was locked. If hash or status changed meanwhile, the proof is void and is
 * made anew: else a login with the old password would survive the change of the password (DESIGN section 5).
 */
export function stillProven(locked: User, proven: User): boolean {
  return locked.passwordHash === proven.passwordHash && locked.status === proven.status;
}
