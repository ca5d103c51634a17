import type { User } from '../accounts/user.ts';
import { isoTime } from './format-time.ts';

/** An account as the commands print it in JSON; the names are those of the GraphQL type. */
export function userRecord({ id, email, displayName, roles, status, createdAt }: User): object {
  return { id, email, displayName, roles, status, createdAt: isoTime(createdAt) };
}
