import type { AccountServices } from './services.ts';
import type { User } from './user.ts';

export type Authentication =
  | { readonly verdict: 'PROVEN'; readonly user: User }
  /** `userId` is for the security log; the client gets one answer whatever it is. */
  | { readonly verdict: 'REFUSED'; readonly userId: string | null };

/**
 * Proves a user by their password. An e-mail without an account and a suspended account cost the same hash as a wrong
 * password, so that time tells nothing (ASVS V6.3.8).
 *
 * @param user who has the e-mail that was given; undefined: nobody
 */
export async function authenticate(
  { passwords }: Pick<AccountServices, 'passwords'>,
  user: User | undefined,
  password: string,
): Promise<Authentication> {
  const matches = await passwords.verify(user?.passwordHash ?? UNKNOWN_USER_HASH, password);
  if (user === undefined) return { verdict: 'REFUSED', userId: null };
  if (!matches || user.status !== 'ACTIVE') return { verdict: 'REFUSED', userId: user.id };
  return { verdict: 'PROVEN', user };
}

/**
 * The proven password hashed anew, where its stored hash is weaker than what is asked today (ASVS V11.4.2).
 *
 * @returns undefined: it is as strong
 */
export async function renewedHash(
  { passwords }: Pick<AccountServices, 'passwords'>,
  user: User,
  password: string,
): Promise<string | undefined> {
  return passwords.isWeak(user.passwordHash) ? passwords.hash(password) : undefined;
}

/** A hash of random bytes that nobody knows, with the parameters of a real one. */
const UNKNOWN_USER_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$iZ4pDDEqLh818X25V64PFg$/UOe8AJPvEAs5AJxkve03GOWKILm2oyRM4NuOCIyBqU';
