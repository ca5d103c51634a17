import { createUser } from '../accounts/create-user.ts';
import type { LoginAttempt } from '../accounts/login-attempt.ts';
import { checkedAccount, hashedUser, type NewAccount } from '../accounts/prepare-user.ts';
import { EmailTaken } from '../accounts/user-store.ts';
import { badUserInput, forbidden } from '../errors/refusal.ts';
import type { SessionRequest } from './begin-session.ts';
import { type Grant, issueGrant } from './grant.ts';
import { type Begun, replacedSession, replaceSession } from './log-in.ts';
import { planSession } from './plan-session.ts';
import { refuseProven } from './record-failed-login.ts';
import type { SessionServices } from './services.ts';
import type { Session } from './session.ts';
import type { SessionStore, SessionTransaction } from './store.ts';

export interface RegistrationRequest extends SessionRequest, Omit<NewAccount, 'roles'> {
  /** `performance.now()` when the request arrived. */
  readonly arrivedAt: number;
  readonly replacedToken: string | undefined;
}

/**
 * Creates an account and its first session in one transaction. An e-mail that is taken counts as a failed login of the
 * address: else whoever has accounts could be found out by registering them.
 *
 * @throws Refusal FORBIDDEN (registration closed), BAD_USER_INPUT, RATE_LIMITED
 */
export async function register(services: SessionServices, request: RegistrationRequest): Promise<Grant> {
  if (services.accounts.policy.registration === 'closed') throw forbidden('Registration is closed.');
  const account = checkedAccount(services.accounts, { ...request, roles: ['USER'] });
  const replaced = await replacedSession(services, request.replacedToken);
  const { origin, arrivedAt } = request;
  const subject = { email: account.email, origin, arrivedAt };
  const begun = await services.throttle.duringRegistration(subject, (attempt) =>
    begin(services, request, account, replaced, attempt),
  );
  return issueGrant(services, begun);
}

async function begin(
  { accounts, store, policy, hooks }: SessionServices,
  request: RegistrationRequest,
  account: NewAccount,
  replaced: Session | undefined,
  attempt: LoginAttempt,
): Promise<Begun> {
  const prepared = await hashedUser(accounts, account);
  const { origin } = request;
  const planned = await planSession(hooks, 'register', prepared, request);
  if ('veto' in planned)
    return refuseProven(store, { attempt, userId: null, sessionId: null, origin }, planned.veto);
  const write = async (tx: SessionTransaction) => {
    const user = await createUser(tx, prepared, { actorId: prepared.id, ...origin });
    const begun = await replaceSession(tx, user, replaced, planned, policy);
    await attempt.succeed(tx);
    return begun;
  };
  return store
    .transact(replaced ? [replaced.userId] : [], write)
    .catch((error: unknown) => refuseTaken(store, attempt, error));
}

async function refuseTaken(store: SessionStore, attempt: LoginAttempt, error: unknown): Promise<never> {
  if (!(error instanceof EmailTaken)) throw error;
  await store.transact([], (tx) => attempt.fail(tx, null));
  throw badUserInput('email', 'TAKEN', 'An account has this e-mail already.');
}
