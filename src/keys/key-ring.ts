import type { CryptoKey } from 'jose';
import { isKept, statesAt } from './key-state.ts';
import {
  openRevokedKey,
  openSigningKey,
  type PublicJwk,
  type SigningKey,
  type StoredSigningKey,
  type VerifyingKey,
} from './signing-key.ts';

/** A member of the JWKS (RFC 7517 §4). */
export interface JwksKey extends PublicJwk {
  readonly kid: string;
  readonly use: 'sig';
  readonly alg: 'EdDSA';
}

export interface Jwks {
  readonly keys: readonly JwksKey[];
}

/** The keys in the database at one moment. */
export interface KeySet {
  /** Another number with every change of the keys. */
  readonly epoch: number;
  readonly keys: readonly StoredSigningKey[];
}

/** What a signature by a key is worth: a REVOKED one proves that its token was genuine, and no more. */
export type KeyStanding = 'GOOD' | 'REVOKED';

/** The keys of this server as they were at one epoch; which of them signs and verifies depends on the time. */
export class KeyRing {
  readonly epoch: number;
  /** Maps, not objects: a `kid` such as `__proto__` must find nothing (RFC 8725 §3.10). */
  readonly #usable: ReadonlyMap<string, SigningKey>;
  readonly #revoked: ReadonlyMap<string, VerifyingKey>;

  private constructor(epoch: number, usable: readonly SigningKey[], revoked: readonly VerifyingKey[]) {
    this.epoch = epoch;
    this.#usable = byKid(usable);
    this.#revoked = byKid(revoked);
  }

  /**
   * @param secrets PORTCULLIS_SECRET; each record may be encrypted under any of them
   * @param earlier whose keys need not be decrypted again
   * @throws Error that tells the operator what is wrong: secret, altered record, no usable key
   */
  static async open(
    { epoch, keys }: KeySet,
    secrets: readonly Uint8Array[],
    earlier?: KeyRing,
  ): Promise<KeyRing> {
    const usable = await Promise.all(
      keys
        .filter(({ revoked }) => !revoked)
        .map((record) => earlier?.openAgain(record) ?? openSigningKey(record, secrets)),
    );
    if (usable.length === 0) throw new Error('The database holds no usable signing key.');
    const revoked = await Promise.all(keys.filter((record) => record.revoked).map(openRevokedKey));
    return new KeyRing(epoch, usable, revoked);
  }

  /**
   * The key that signs at `now`, milliseconds of the database's clock.
   * @throws Error when the ring is too old to have one
   */
  signingKey(now: number): { readonly kid: string; readonly privateKey: CryptoKey } {
    const active = statesAt(this.#usable.values(), now).find(({ state }) => state === 'ACTIVE');
    if (active === undefined) throw new Error('There is no signing key at this time.');
    return active.key;
  }

  /** Undefined: no such key, or one whose last token is past. */
  standing(kid: string, now: number): KeyStanding | undefined {
    const key = this.#find(kid);
    if (key === undefined || !isKept(key, now)) return undefined;
    return key.revoked ? 'REVOKED' : 'GOOD';
  }

  /** To verify with, whatever its standing. */
  publicKey(kid: string): CryptoKey | undefined {
    return this.#find(kid)?.publicKey;
  }

  /** The public parts of the keys that sign, will sign or have signed, for `/.well-known/jwks.json`. */
  jwks(now: number): Jwks {
    const keys = statesAt(this.#usable.values(), now).map(({ key }) => key);
    return { keys: keys.map(({ kid, publicJwk }) => ({ ...publicJwk, kid, use: 'sig', alg: 'EdDSA' })) };
  }

  #find(kid: string): VerifyingKey | undefined {
    return this.#usable.get(kid) ?? this.#revoked.get(kid);
  }

  /** An opened key with the times of its record; one that was revoked is not brought back to life without its secret. */
  private openAgain({
    kid,
    createdAt,
    activeFrom,
    expiresAt,
    revoked,
  }: StoredSigningKey): SigningKey | undefined {
    const key = this.#usable.get(kid);
    return key && { ...key, createdAt, activeFrom, expiresAt, revoked };
  }
}

function byKid<Key extends VerifyingKey>(keys: readonly Key[]): ReadonlyMap<string, Key> {
  return new Map(keys.map((key) => [key.kid, key]));
}
