import { generateSigningKey, reencryptPrivateJwk, type StoredSigningKey } from './signing-key.ts';

/** The part of a transaction that the start of the server needs for its keys. */
export interface PreparationTransaction {
  /** Milliseconds of the database's clock. */
  readonly now: number;
  /** Every key, locked until the end: nobody else changes one meanwhile. */
  signingKeys(): Promise<StoredSigningKey[]>;
  insertSigningKey(key: StoredSigningKey): Promise<void>;
  updateSigningKey(kid: string, changes: Partial<StoredSigningKey>): Promise<void>;
  /** Tells every instance that the keys have changed. */
  raiseKeyEpoch(): Promise<void>;
}

/**
 * Makes the first signing key where there is none, and encrypts those that are there under the secret that issues now.
 *
 * @throws SecretMismatchError when PORTCULLIS_SECRET does not decrypt them
 */
export async function prepareKeys(tx: PreparationTransaction, secrets: readonly Uint8Array[]): Promise<void> {
  const usable = (await tx.signingKeys()).filter(({ revoked }) => !revoked);
  if (usable.length === 0) {
    await tx.insertSigningKey(await generateSigningKey(secrets, { createdAt: tx.now, activeFrom: tx.now }));
    await tx.raiseKeyEpoch();
  }
  for (const key of usable) {
    const encryptedPrivateJwk = await reencryptPrivateJwk(key, secrets);
    if (encryptedPrivateJwk !== undefined) await tx.updateSigningKey(key.kid, { encryptedPrivateJwk });
  }
}
