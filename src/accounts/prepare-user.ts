import { v7 as uuidv7 } from 'uuid';
import { parseEmail } from './email.ts';
import { parseLabel } from './label.ts';
import { checkPassword } from './password-policy.ts';
import type { AccountServices } from './services.ts';
import type { Role, User } from './user.ts';

export interface NewAccount {
  readonly email: string;
  readonly password: string;
  readonly displayName: string | null;
  readonly roles: readonly Role[];
}

/**
 * Checks what a new account consists of and hashes its password; the row is written by whoever holds the transaction.
 *
 * @throws Refusal BAD_USER_INPUT, RATE_LIMITED (hashing queue full)
 */
export async function prepareUser(
  services: Pick<AccountServices, 'passwords' | 'policy'>,
  account: NewAccount,
): Promise<Omit<User, 'createdAt'>> {
  const email = parseEmail(account.email);
  const displayName = parseLabel('displayName', account.displayName);
  checkPassword(account.password, services.policy.passwordMinLength);
  return {
    id: uuidv7(),
    email,
    displayName,
    passwordHash: await services.passwords.hash(account.password),
    roles: account.roles,
    status: 'ACTIVE',
    tokenVersion: 1,
  };
}
