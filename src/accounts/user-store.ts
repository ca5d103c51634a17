import type { User } from './user.ts';

/** Another account, not deleted, has the address. */
export class EmailTaken extends Error {
  override readonly name = 'EmailTaken';
}

export interface UserStore {
  /** @param email normalised */
  findByEmail(email: string): Promise<User | undefined>;
  findById(id: string): Promise<User | undefined>;
}
