import { generateSigningKey, reencryptSigningKey, type StoredSigningKey } from './signing-key.ts';

/** The part of a transaction that the start of the server needs for its keys; nobody else has one open meanwhile. */
export interface KeyTransaction {
  readonly now: number;
  signingKeys(): Promise<StoredSigningKey[]>;
  insertSigningKey(key: StoredSigningKey): Promise<void>;
  replaceSigningKey(key: StoredSigningKey): Promise<void>;
}

/**
 * Makes the first signing key where there is none, and encrypts those that are there under the secret that issues now.
 *
 * @throws SecretMismatchError when PORTCULLIS_SECRET does not decrypt them
 */
export async function prepareKeys(
  tx: KeyTransaction,
  secrets: readonly Uint8Array[],
): Promise<StoredSigningKey[]> {
  const stored = await tx.signingKeys();
  if (stored.length === 0) {
    const first = await generateSigningKey(secrets, tx.now);
    await tx.insertSigningKey(first);
    return [first];
  }
  return Promise.all(
    stored.map(async (key) => {
      // A revoked key is never used again: it must not stop the start when its secret is long gone.
      if (key.state === 'REVOKED') return key;
      const renewed = await reencryptSigningKey(key, secrets);
      if (renewed === undefined) return key;
      await tx.replaceSigningKey(renewed);
      return renewed;
    }),
  );
}
