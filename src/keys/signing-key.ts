import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose';
import { decryptPrivateJwk, encryptPrivateJwk, type PrivateJwk, SecretMismatchError } from './private-jwk.ts';

/** ACTIVE signs, RETIRING verifies until its last token is gone, REVOKED does neither. */
export type SigningKeyState = 'ACTIVE' | 'RETIRING' | 'REVOKED';

/** A signing key as the database holds it. */
export interface StoredSigningKey {
  /** The `kid`: RFC 7638 thumbprint of the public key. */
  readonly id: string;
  /** JSON */
  readonly publicJwk: string;
  /** A compact JWE under a key derived from PORTCULLIS_SECRET. */
  readonly encryptedPrivateJwk: string;
  readonly state: SigningKeyState;
  /** Milliseconds of the database's clock. */
  readonly createdAt: number;
}

/** An Ed25519 public key as a JWK (RFC 8037 §2). */
export type PublicJwk = Omit<PrivateJwk, 'd'>;

/** A signing key ready for use; its private part cannot be exported. */
export interface SigningKey {
  readonly kid: string;
  readonly state: SigningKeyState;
  readonly createdAt: number;
  readonly publicJwk: PublicJwk;
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
}

/**
 * A new ACTIVE Ed25519 key, its private part encrypted under the first secret.
 * @param now milliseconds of the database's clock
 */
export async function generateSigningKey(
  secrets: readonly Uint8Array[],
  now: number,
): Promise<StoredSigningKey> {
  const jwk = await generatePrivateJwk();
  const publicJwk = publicPart(jwk);
  return {
    id: await calculateJwkThumbprint(publicJwk),
    publicJwk: JSON.stringify(publicJwk),
    encryptedPrivateJwk: await encryptPrivateJwk(jwk, secrets),
    state: 'ACTIVE',
    createdAt: now,
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
  const jwk = await decryptPrivateJwk(record.encryptedPrivateJwk, record.id, secrets);
  const publicJwk = publicPart(jwk);
  if ((await calculateJwkThumbprint(publicJwk)) !== record.id)
    throw new Error(`The record of signing key ${record.id} holds another key: the database was altered.`);
  return {
    kid: record.id,
    state: record.state,
    createdAt: record.createdAt,
    publicJwk,
    publicKey: await importJWK(publicJwk, 'EdDSA'),
    privateKey: await importJWK(jwk, 'EdDSA', { extractable: false }),
  };
}

/**
 * The record encrypted anew under the first secret; undefined when it is already. Without it a changed
 * PORTCULLIS_SECRET could never lose its old secret.
 * @throws SecretMismatchError when no secret of the list decrypts it
 */
export async function reencryptSigningKey(
  record: StoredSigningKey,
  secrets: readonly Uint8Array[],
): Promise<StoredSigningKey | undefined> {
  if (await isDecryptable(record, secrets.slice(0, 1))) return undefined;
  const jwk = await decryptPrivateJwk(record.encryptedPrivateJwk, record.id, secrets);
  return { ...record, encryptedPrivateJwk: await encryptPrivateJwk(jwk, secrets) };
}

async function isDecryptable(record: StoredSigningKey, secrets: readonly Uint8Array[]): Promise<boolean> {
  try {
    await decryptPrivateJwk(record.encryptedPrivateJwk, record.id, secrets);
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
