import { createUser, type UserTransaction } from './create-user.ts';
import { generatePassword } from './generate-password.ts';
import { prepareUser } from './prepare-user.ts';
import type { AccountServices } from './services.ts';

export interface FirstAdminTransaction extends UserTransaction {
  countUsers(): Promise<number>;
}

export interface FirstAdmin {
  readonly email: string;
  /** Only when it was generated: shown once, kept nowhere. */
  readonly generatedPassword: string | undefined;
}

/**
 * Creates the first admin, if there is no account yet.
 *
 * @param transact runs its argument in one transaction, while no other instance does the same
 * @returns undefined when there are accounts already
 * @throws Refusal BAD_USER_INPUT when the configured e-mail or password breaks the rules
 */
export async function createFirstAdmin(
  services: Pick<AccountServices, 'passwords' | 'policy'>,
  configured: { readonly email: string; readonly password: string | undefined },
  transact: <T>(work: (tx: FirstAdminTransaction) => Promise<T>) => Promise<T>,
): Promise<FirstAdmin | undefined> {
  if (await transact(hasUsers)) return undefined;
  const generatedPassword = configured.password === undefined ? generatePassword() : undefined;
  const prepared = await prepareUser(services, {
    email: configured.email,
    password: configured.password ?? generatedPassword ?? '',
    displayName: null,
    roles: ['USER', 'ADMIN'],
  });
  return transact(async (tx) => {
    // Asked again: on SQLite another process may have been first while the password was hashed.
    if (await hasUsers(tx)) return undefined;
    await createUser(tx, prepared, { actorId: null, ipAddress: null, userAgent: null });
    return { email: configured.email, generatedPassword };
  });
}

async function hasUsers(tx: FirstAdminTransaction): Promise<boolean> {
  return (await tx.countUsers()) > 0;
}
