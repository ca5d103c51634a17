import { CompactEncrypt, compactDecrypt, errors } from 'jose';
import { issuingKey, verifyingKeys } from './secret.ts';

/** An Ed25519 private key as a JWK (RFC 8037 §2). */
export interface PrivateJwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  readonly d: string;
}

/** No secret of the list decrypts the keys: almost always a PORTCULLIS_SECRET that belongs to another database. */
export class SecretMismatchError extends Error {
  override readonly name = 'SecretMismatchError';

  constructor(kid: string) {
    super(
      'PORTCULLIS_SECRET does not decrypt the signing keys in the database ' +
        `(key ${kid}): set the secret that this database was created with.`,
    );
  }
}

/** Encrypts a private key for the database (ASVS V13.3.1): a compact JWE, `dir` with A256GCM. */
export function encryptPrivateJwk(jwk: PrivateJwk, secrets: readonly Uint8Array[]): Promise<string> {
  return new CompactEncrypt(Buffer.from(JSON.stringify(jwk)))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', cty: 'jwk+json' })
    .encrypt(issuingKey(secrets, 'signing-key-encryption'));
}

/**
 * @param kid of the record that holds the JWE, for the operator to read
 * @throws SecretMismatchError when no secret of the list decrypts it
 */
export async function decryptPrivateJwk(
  jwe: string,
  kid: string,
  secrets: readonly Uint8Array[],
): Promise<PrivateJwk> {
  for (const key of verifyingKeys(secrets, 'signing-key-encryption')) {
    const plaintext = await decryptWith(key, jwe);
    if (plaintext !== undefined) return JSON.parse(Buffer.from(plaintext).toString()) as PrivateJwk;
  }
  throw new SecretMismatchError(kid);
}

async function decryptWith(key: Uint8Array, jwe: string): Promise<Uint8Array | undefined> {
  try {
    const { plaintext } = await compactDecrypt(jwe, key, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    });
    return plaintext;
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}
