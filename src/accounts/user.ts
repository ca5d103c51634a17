export const ROLES = ['USER', 'ADMIN'] as const;
export type Role = (typeof ROLES)[number];

export type UserStatus = 'ACTIVE' | 'SUSPENDED' | 'DELETED';

export interface User {
  /** UUIDv7 */
  readonly id: string;
  /** Normalised; null once the account is deleted, so that the address is free again. */
  readonly email: string | null;
  readonly displayName: string | null;
  /** argon2id in PHC string format. */
  readonly passwordHash: string;
  /** Always holds USER. */
  readonly roles: readonly Role[];
  readonly status: UserStatus;
  /** Raised by every change that makes claims of issued access tokens untrue. */
  readonly tokenVersion: number;
  /** Milliseconds of the database's clock. */
  readonly createdAt: number;
}
