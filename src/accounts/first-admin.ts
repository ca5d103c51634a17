import type { SettingValues } from '../settings/table.ts';
import { createUser, type UserTransaction } from './create-user.ts';
import { parseEmail } from './email.ts';
import { generatePassword } from './generate-password.ts';
import { checkPassword } from './password-policy.ts';
import { isGuessable } from './password-strength.ts';
import { hashedUser } from './prepare-user.ts';
import type { AccountServices } from './services.ts';

export interface FirstAdminTransaction extends UserTransaction {
  countUsers(): Promise<number>;
}

export interface FirstAdmin {
  readonly email: string;
  /** Only when it was generated: shown once, kept nowhere. */
  readonly generatedPassword: string | undefined;
}

export interface ConfiguredAdmin {
  readonly email: string;
  /** Undefined: one is generated. */
  readonly password: string | undefined;
  /** In production an easily guessed password stops the start; elsewhere its length is enough. */
  readonly mustBeStrong: boolean;
}

/**
 * A start in production with a guessable password fails before anything is made, in one message with all other reasons
 * (ASVS V6.3.2); its length is judged by the settings themselves.
 */
export function guessableAdmin(values: Partial<SettingValues>): readonly string[] {
  const { NODE_ENV, BOOTSTRAP_ADMIN_EMAIL: email = '', BOOTSTRAP_ADMIN_PASSWORD: password } = values;
  if (NODE_ENV !== 'production' || password === undefined || !isGuessable(password, [email])) return [];
  return ['BOOTSTRAP_ADMIN_PASSWORD: is common or easily guessed; choose another one'];
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
  configured: ConfiguredAdmin,
  transact: <T>(work: (tx: FirstAdminTransaction) => Promise<T>) => Promise<T>,
): Promise<FirstAdmin | undefined> {
  if (await transact(hasUsers)) return undefined;
  const generatedPassword = configured.password === undefined ? generatePassword() : undefined;
  const email = parseEmail(configured.email);
  const password = generatedPassword ?? configured.password ?? '';
  if (configured.mustBeStrong) checkPassword('BOOTSTRAP_ADMIN_PASSWORD', password, services.policy, [email]);
  const prepared = await hashedUser(services, {
    email,
    password,
    displayName: null,
    roles: ['USER', 'ADMIN'],
  });
  return transact(async (tx) => {
    // Asked again: on SQLite another process may have been first while the password was hashed.
    if (await hasUsers(tx)) return undefined;
    await createUser(tx, prepared, { actorId: null, ipAddress: null, userAgent: null });
    return { email, generatedPassword };
  });
}

async function hasUsers(tx: FirstAdminTransaction): Promise<boolean> {
  return (await tx.countUsers()) > 0;
}
