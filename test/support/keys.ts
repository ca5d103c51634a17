import { KeyRing, type KeySet } from '../../src/keys/key-ring.ts';
import { generateSigningKey, type StoredSigningKey } from '../../src/keys/signing-key.ts';
import type { SigningKeys } from '../../src/keys/signing-keys.ts';
import type { TestDatabase } from './databases.ts';

/** A new key that signs from its creation on, or as `change` says. */
export async function newKey(
  secrets: readonly Uint8Array[],
  createdAt: number,
  change: Partial<StoredSigningKey> = {},
): Promise<StoredSigningKey> {
  return { ...(await generateSigningKey(secrets, { createdAt, activeFrom: createdAt })), ...change };
}

/** Keys as a table would hold them, for what works above the database. */
export class KeyTable {
  loads = 0;

  constructor(private set: KeySet) {}

  async load(): Promise<KeySet> {
    this.loads += 1;
    return this.set;
  }

  /** @returns the new epoch */
  change(keys: readonly StoredSigningKey[]): number {
    this.set = { epoch: this.set.epoch + 1, keys };
    return this.set.epoch;
  }
}

export type FixedKeys = Pick<SigningKeys, 'publicKey' | 'standing' | 'signingKey' | 'synchronize' | 'jwks'>;

/** The keys of an instance with nobody to change them: a `kid` that is not known need not be looked up. */
export async function keysOf(
  keys: readonly StoredSigningKey[],
  secrets: readonly Uint8Array[],
): Promise<FixedKeys> {
  const ring = await KeyRing.open({ epoch: 1, keys }, secrets);
  return {
    publicKey: async (kid) => ring.publicKey(kid),
    standing: (kid, now) => ring.standing(kid, now),
    signingKey: (now) => ring.signingKey(now),
    synchronize: async () => undefined,
    jwks: async (now) => ring.jwks(now),
  };
}

/** Lets so many milliseconds pass for the signing keys: every time in their rows moves back. */
export async function ageKeys(database: TestDatabase, ms: number): Promise<void> {
  const times = ['created_at', 'active_from', 'expires_at'].map((name) => `${name} = ${name} - ?`);
  await database.query(`UPDATE signing_keys SET ${times.join(', ')}`, [ms, ms, ms]);
  await database.query('UPDATE signing_key_epoch SET epoch = epoch + 1');
}

export const SIGNING_KEYS = '{ signingKeys { id state } }';

export const ROTATE_KEY =
  'mutation ($revokePrevious: Boolean! = false) { rotateSigningKey(revokePrevious: $revokePrevious) { id algorithm createdAt activeFrom state } }';

/** The kids of the JWKS, newest first. */
export async function publishedKids(url: string): Promise<string[]> {
  const response = await fetch(`${url}/.well-known/jwks.json`);
  const { keys } = (await response.json()) as { keys: { kid: string }[] };
  return keys.map(({ kid }) => kid);
}
