import type { CryptoKey } from 'jose';
import { openSigningKey, type PublicJwk, type SigningKey, type StoredSigningKey } from './signing-key.ts';

/** A member of the JWKS (RFC 7517 §4). */
export interface JwksKey extends PublicJwk {
  readonly kid: string;
  readonly use: 'sig';
  readonly alg: 'EdDSA';
}

/** The keys of this server: the newest ACTIVE one signs, every one that is not REVOKED verifies. */
export class KeyRing {
  /** A Map, not an object: a `kid` such as `__proto__` must find nothing (RFC 8725 §3.10). */
  readonly #keys: ReadonlyMap<string, SigningKey>;
  readonly #signingKey: SigningKey;

  private constructor(keys: readonly SigningKey[], signingKey: SigningKey) {
    this.#keys = new Map(keys.map((key) => [key.kid, key]));
    this.#signingKey = signingKey;
  }

  /**
   * @param secrets PORTCULLIS_SECRET; each record may be encrypted under any of them
   * @throws Error that tells the operator what is wrong: secret, altered record, no active key
   */
  static async open(records: readonly StoredSigningKey[], secrets: readonly Uint8Array[]): Promise<KeyRing> {
    const usable = records.filter((record) => record.state !== 'REVOKED');
    const keys = await Promise.all(usable.map((record) => openSigningKey(record, secrets)));
    const [newest] = keys.filter((key) => key.state === 'ACTIVE').sort(newestFirst);
    if (newest === undefined) throw new Error('The database holds no active signing key.');
    return new KeyRing(keys, newest);
  }

  signingKey(): { readonly kid: string; readonly privateKey: CryptoKey } {
    return this.#signingKey;
  }

  verificationKey(kid: string): CryptoKey | undefined {
    return this.#keys.get(kid)?.publicKey;
  }

  /** The public parts, for `/.well-known/jwks.json`. */
  jwks(): { readonly keys: readonly JwksKey[] } {
    const keys = [...this.#keys.values()].sort(newestFirst);
    return { keys: keys.map(({ kid, publicJwk }) => ({ ...publicJwk, kid, use: 'sig', alg: 'EdDSA' })) };
  }
}

/** The kid breaks a tie, so that every instance signs with the same key. */
function newestFirst(a: SigningKey, b: SigningKey): number {
  return b.createdAt - a.createdAt || (a.kid < b.kid ? -1 : 1);
}
