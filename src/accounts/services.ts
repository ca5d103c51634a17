import type { PasswordHasher } from './password-hasher.ts';
import type { UserStore } from './user-store.ts';

export interface AccountPolicy {
  readonly registration: 'open' | 'closed';
  readonly passwordMinLength: number;
}

/** What the behaviours of this folder work with. */
export interface AccountServices {
  readonly users: UserStore;
  readonly passwords: PasswordHasher;
  readonly policy: AccountPolicy;
}
