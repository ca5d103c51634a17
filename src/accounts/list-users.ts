import type { Page, PageRequest } from '../paging/page.ts';
import type { User } from './user.ts';

/** Accounts that are not deleted, by e-mail. */
export interface UserDirectory {
  findById(id: string): Promise<User | undefined>;
  /** One query for all. */
  findByIds(ids: readonly string[]): Promise<ReadonlyMap<string, User>>;
  /** @param prefix of the normalised e-mail; empty: all */
  list(prefix: string, page: PageRequest): Promise<Page<User>>;
}
