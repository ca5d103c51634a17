import { authenticate, renewedHash } from '../accounts/authenticate.ts';
import { normalizeEmail } from '../accounts/email.ts';
import type { LoginAttempt } from '../accounts/login-attempt.ts';
import { refuseUnhashable } from '../accounts/password-policy.ts';
import type { User } from '../accounts/user.ts';
import { Refusal, unavailable } from '../errors/refusal.ts';
import { wereAsked } from '../hooks/ask-hooks.ts';
import type { AskedHooks } from '../hooks/hooks.ts';
import { beginSession, FIRST_POSITION, type SessionRequest } from './begin-session.ts';
import { endByLogout } from './end-sessions.ts';
import { findByRefreshToken } from './find-by-token.ts';
import { type Grant, type Granted, issueGrant } from './grant.ts';
import { type PlannedSession, planSession } from './plan-session.ts';
import { refuseCredentials, refuseProven } from './record-failed-login.ts';
import type { SessionPolicy, SessionServices } from './services.ts';
import { type Session, sessionEnd } from './session.ts';
import type { SessionTransaction } from './store.ts';

/** A session that a login or a registration has begun. */
export type Begun = Granted & { readonly position: typeof FIRST_POSITION };

/** How often the password is proven anew because the account changed meanwhile; honest accounts change once. */
export const PROOFS = 3;

export interface LoginRequest extends SessionRequest {
  /** `performance.now()` when the request arrived. */
  readonly arrivedAt: number;
  readonly email: string;
  readonly password: string;
  /** The refresh cookie that came along: its session, where it lives, is replaced by the new one. */
  readonly replacedToken: string | undefined;
}

/** A login whose attempt is counted. */
interface CountedLogin extends LoginRequest {
  readonly attempt: LoginAttempt;
  readonly replaced: Session | undefined;
}

/**
 * @throws Refusal BAD_USER_INPUT, INVALID_CREDENTIALS, SESSION_LIMIT, RATE_LIMITED, UNAVAILABLE
 */
export async function logIn(services: SessionServices, given: LoginRequest): Promise<Grant> {
  refuseUnhashable(given.password);
  const request = { ...given, email: normalizeEmail(given.email) };
  const { email, origin, arrivedAt } = request;
  const replaced = await replacedSession(services, request.replacedToken);
  const device = await knownDevice(services, replaced, email);
  const sessionEnded =
    device !== undefined && sessionEnd(device, 'ACTIVE', services.clock.now()) !== undefined;
  const subject = { email, sessionId: device?.id ?? null, sessionEnded, origin, arrivedAt };
  const begun = await services.throttle.duringLogin(subject, (attempt) =>
    begin(services, { ...request, attempt, replaced }),
  );
  return issueGrant(services, begun);
}

/**
 * A device is known by a refresh token of that very user, ended or not. Whether the e-mail has an account is not looked up
 * before the attempt is counted: a throttled one would tell it by its time (ASVS V6.3.8).
 */
async function knownDevice(
  { accounts }: SessionServices,
  replaced: Session | undefined,
  email: string,
): Promise<Session | undefined> {
  const owner = replaced && (await accounts.users.findById(replaced.userId));
  return owner?.email === email ? replaced : undefined;
}

async function begin(services: SessionServices, login: CountedLogin): Promise<Begun> {
  const { store, accounts } = services;
  const { attempt, origin, password } = login;
  for (let proof = 1; proof <= PROOFS; proof++) {
    const user = await accounts.users.findByEmail(login.email);
    const proven = await authenticate(accounts, user, password);
    const failed = { attempt, userId: user?.id ?? null, sessionId: null, origin };
    if (proven.verdict === 'REFUSED') return refuseCredentials(store, failed);
    const planned = await planSession(services.hooks, 'login', proven.user, login);
    if ('veto' in planned) return refuseProven(store, failed, planned.veto);
    const begun = await beginProven(services, planned, proven.user).catch((error: unknown) => {
      if (!isSessionLimit(error)) throw error;
      return refuseProven(store, failed, error);
    });
    if (begun !== undefined) return begun;
  }
  throw unavailable('the account changed at every proof');
}

/** @returns undefined: the account has changed since its password was checked */
async function beginProven(
  services: SessionServices,
  login: CountedLogin & PlannedSession,
  proven: User,
): Promise<Begun | undefined> {
  const { replaced, attempt } = login;
  const passwordHash = await renewedHash(services.accounts, proven, login.password);
  const userIds = [proven.id, ...(replaced ? [replaced.userId] : [])];
  return services.store.transact(userIds, async (tx) => {
    const user = tx.user(proven.id);
    if (user === undefined || !stillProven(user, proven, services.hooks)) return undefined;
    if (passwordHash !== undefined) await tx.updateUser(user, { passwordHash });
    const begun = await replaceSession(tx, user, replaced, login, services.policy);
    await attempt.succeed(tx);
    return begun;
  });
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
  request: PlannedSession,
  policy: SessionPolicy,
): Promise<Begun> {
  if (replaced !== undefined)
    await endByLogout(tx, replaced, { actorId: replaced.userId, ...request.origin });
  const session = await beginSession(tx, user, request, policy);
  const { claims } = request;
  return { user, session, position: FIRST_POSITION, now: tx.now, keyEpoch: tx.keyEpoch, claims };
}

/**
 * The password was checked before the row was locked. If hash or status changed meanwhile, the proof is void and is
 * made anew: else a login with the old password would survive the change of the password (DESIGN section 5). What hooks
 * were asked about the account is void with any change of it.
 */
export function stillProven(locked: User, proven: User, hooks: AskedHooks): boolean {
  const isTold = !wereAsked(hooks) || locked.tokenVersion === proven.tokenVersion;
  return isTold && locked.passwordHash === proven.passwordHash && locked.status === proven.status;
}
