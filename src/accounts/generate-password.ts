import { randomBytes } from 'node:crypto';

/** A password of 144 random bits in 24 characters that need no quoting in a shell. */
export function generatePassword(): string {
  return randomBytes(18).toString('base64url');
}
