import { v7 as uuidv7 } from 'uuid';
import { parseEmail } from './email.ts';
import { parseLabel } from './label.ts';
import { checkPassword } from './password-policy.ts';
import type { AccountServices } from './services.ts';
import type { Role, User } from './user.ts';

export type PreparedUser = Omit<User, 'createdAt'>;

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
): Promise<PreparedUser> {
  return hashedUser(services, checkedAccount(services, account));
}

/**
 * What a new account consists of, in the spelling in which it is stored.
 *
 * @throws Refusal BAD_USER_INPUT
 */
export function checkedAccount({ policy }: Pick<AccountServices, 'policy'>, account: NewAccount): NewAccount {
  const email = parseEmail(account.email);
  const displayName = parseLabel('displayName', account.displayName);
  checkPassword('password', account.password, policy, [email, displayName ?? '']);
  return { ...account, email, displayName };
}

/** An account as it will be inserted, from parts that were checked. */
export async function hashedUser(
  { passwords }: Pick<AccountServices, 'passwords'>,
  { email, displayName, password, roles }: NewAccount,
): Promise<PreparedUser> {
  const passwordHash = await passwords.hash(password);
  return { id: uuidv7(), email, displayName, passwordHash, roles, status: 'ACTIVE', tokenVersion: 1 };
}
