import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose';
import type { KeyTimes } from './key-state.ts';
import { decryptPrivateJwk, encryptPrivateJwk, type PrivateJwk, SecretMismatchError } from './private-jwk.ts';

/** A signing key as the database holds it. */
export interface StoredSigningKey extends KeyTimes {
  /** JSON */
  readonly publicJwk: string;
  /** A compact JWE under a key derived from PORTCULLIS_SECRET; empty once the key is revoked. */
  readonly encryptedPrivateJwk: string;
}

/** An Ed25519 public key as a JWK (RFC 8037 §2). */
export type PublicJwk = Omit<PrivateJwk, 'd'>;

/** A key that is able to verify. */
export interface VerifyingKey extends KeyTimes {
  readonly publicJwk: PublicJwk;
  readonly publicKey: CryptoKey;
}

/** A key ready for use; its private part cannot be exported. */
export interface SigningKey extends VerifyingKey {
  readonly privateKey: CryptoKey;
}

/**
 * A new Ed25519 key, its private part encrypted under the first secret.
 * @param times milliseconds of the database's clock
 */
export async function generateSigningKey(
  secrets: readonly Uint8Array[],
  times: Pick<KeyTimes, 'createdAt' | 'activeFrom'>,
): Promise<StoredSigningKey> {
  const jwk = await generatePrivateJwk();
  const publicJwk = publicPart(jwk);
  return {
    kid: await calculateJwkThumbprint(publicJwk),
    publicJwk: JSON.stringify(publicJwk),
    encryptedPrivateJwk: await encryptPrivateJwk(jwk, secrets),
    ...times,
    expiresAt: null,
    revoked: false,
  };
}

/**
 * Decrypts a stored key. The public part comes out of the decrypted one as well: whoever can write to the
 * database but does not know PORTCULLIS_SECRET cannot plant a key that verifies, nor swap two records' keys.
 * @throws SecretMismatchError when PORTCULLIS_SECRET does not decrypt it
 * @throws Error when what it decrypts to is not the key that its `kid` names
 */
export async function openSigningKey(
  record: StoredSigningKey,
  secrets: readonly Uint8Array[],
): Promise<SigningKey> {
  const jwk = await decryptPrivateJwk(record.encryptedPrivateJwk, record.kid, secrets);
  return {
    ...(await verifyingKey(record, publicPart(jwk))),
    privateKey: await importJWK(jwk, 'EdDSA', { extractable: false }),
  };
}

/**
 * A revoked key, of which only the public column is left. That anybody could have planted it does no harm: nothing is
 * ever accepted for it.
 * @throws Error when it is not the key that its `kid` names
 */
export async function openRevokedKey(record: StoredSigningKey): Promise<VerifyingKey> {
  return verifyingKey(record, JSON.parse(record.publicJwk) as PublicJwk);
}

async function verifyingKey(record: StoredSigningKey, publicJwk: PublicJwk): Promise<VerifyingKey> {
  const { kid, createdAt, activeFrom, expiresAt, revoked } = record;
  if ((await calculateJwkThumbprint(publicJwk)) !== kid)
    throw new Error(`The record of signing key ${kid} holds another key: the database was altered.`);
  const publicKey = await importJWK(publicJwk, 'EdDSA');
  return { kid, createdAt, activeFrom, expiresAt, revoked, publicJwk, publicKey };
}

/**
 * The private part encrypted anew under the first secret; undefined when it is already. Without it a changed
 * PORTCULLIS_SECRET could never lose its old secret.
 * @throws SecretMismatchError when no secret of the list decrypts it
 */
export async function reencryptPrivateJwk(
  record: StoredSigningKey,
  secrets: readonly Uint8Array[],
): Promise<string | undefined> {
  if (await isDecryptable(record, secrets.slice(0, 1))) return undefined;
  const jwk = await decryptPrivateJwk(record.encryptedPrivateJwk, record.kid, secrets);
  return encryptPrivateJwk(jwk, secrets);
}

async function isDecryptable(record: StoredSigningKey, secrets: readonly Uint8Array[]): Promise<boolean> {
  try {
    await decryptPrivateJwk(record.encryptedPrivateJwk, record.kid, secrets);
    return true;
  } catch (error) {
    if (error instanceof SecretMismatchError) return false;
    throw error;
  }
}

async function generatePrivateJwk(): Promise<PrivateJwk> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const { x, d } = await exportJWK(privateKey);
  if (x === undefined || d === undefined) throw new Error('The generated key has no private part.');
  return { kty: 'OKP', crv: 'Ed25519', x, d };
}

function publicPart({ kty, crv, x }: PrivateJwk): PublicJwk {
  return { kty, crv, x };
}
