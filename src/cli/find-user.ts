import { normalizeEmail } from '../accounts/email.ts';
import type { User } from '../accounts/user.ts';
import type { Core } from '../core.ts';
import { isUuid } from '../tokens/uuid.ts';
import { CommandFailure } from './command-failure.ts';

/**
 * @param named an e-mail or an id
 * @throws CommandFailure when nobody has it
 */
export async function findUser({ users }: Core, named: string): Promise<User> {
  const id = named.toLowerCase();
  const user = isUuid(id) ? await users.findById(id) : await users.findByEmail(normalizeEmail(named));
  if (user === undefined) throw new CommandFailure(`No user has the e-mail or id ${JSON.stringify(named)}.`);
  return user;
}
