import { createUser } from '../accounts/create-user.ts';
import { type NewAccount, prepareUser } from '../accounts/prepare-user.ts';
import { EmailTaken } from '../accounts/user-store.ts';
import { badUserInput, forbidden } from '../errors/refusal.ts';
import type { SessionRequest } from './begin-session.ts';
import { type Grant, issueGrant } from './grant.ts';
import { replacedSession, replaceSession } from './log-in.ts';
import type { SessionServices } from './services.ts';

export interface RegistrationRequest extends SessionRequest, Omit<NewAccount, 'roles'> {
  readonly replacedToken: string | undefined;
}

/**
 * Creates an account and its first session in one transaction.
 *
 * @throws Refusal FORBIDDEN (registration closed), BAD_USER_INPUT, RATE_LIMITED (hashing queue full)
 */
export async function register(services: SessionServices, request: RegistrationRequest): Promise<Grant> {
  if (services.accounts.policy.registration === 'closed') throw forbidden('Registration is closed.');
  const account = await prepareUser(services.accounts, { ...request, roles: ['USER'] });
  const replaced = await replacedSession(services, request.replacedToken);
  const granted = await services.store
    .transact(replaced ? [replaced.userId] : [], async (tx) => {
      const user = await createUser(tx, account, { actorId: account.id, ...request.origin });
      return replaceSession(tx, user, replaced, request, services);
    })
    .catch(refuseTaken);
  return issueGrant(services, granted);
}

function refuseTaken(error: unknown): never {
  if (error instanceof EmailTaken)
    throw badUserInput('email', 'TAKEN', 'An account has this e-mail already.');
  throw error;
}
