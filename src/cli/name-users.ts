import type { Core } from '../core.ts';

/**
 * What people call the users of a list, all of them asked for in one query.
 *
 * @returns gives the e-mail of an id, the id itself where the account is gone, and nothing for nobody
 */
export async function nameUsers(
  { users }: Core,
  ids: readonly (string | null)[],
): Promise<(id: string | null) => string> {
  const found = await users.findByIds(ids.filter((id) => id !== null));
  return (id) => (id === null ? '' : (found.get(id)?.email ?? id));
}
