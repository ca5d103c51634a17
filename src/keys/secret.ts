import { hkdfSync } from 'node:crypto';

/** What a key derived from PORTCULLIS_SECRET is for: one purpose can never be turned against another. */
export type KeyPurpose = 'signing-key-encryption' | 'refresh-token-mac' | 'login-bucket-name';

/**
 * The key that issues: derived from the first secret of the list.
 * @param secrets PORTCULLIS_SECRET, at least one, each of at least 32 random bytes
 * @param salt narrows the key to one subject, e.g. to one session
 * @returns 32 bytes
 * @throws RangeError when the list is empty
 */
export function issuingKey(
  secrets: readonly Uint8Array[],
  purpose: KeyPurpose,
  salt?: Uint8Array,
): Uint8Array {
  const [first] = secrets;
  if (first === undefined) throw new RangeError('PORTCULLIS_SECRET holds no secret.');
  return derive(first, purpose, salt);
}

/** The keys that verify, in the order of the list: while the secret is being changed, all of it counts. */
export function verifyingKeys(
  secrets: readonly Uint8Array[],
  purpose: KeyPurpose,
  salt?: Uint8Array,
): Uint8Array[] {
  return secrets.map((secret) => derive(secret, purpose, salt));
}

/** HKDF-SHA-256 (RFC 5869); the `info` label separates the purposes (§3.2). */
function derive(secret: Uint8Array, purpose: KeyPurpose, salt: Uint8Array = new Uint8Array()): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, salt, `portcullis/v1/${purpose}`, 32));
}
