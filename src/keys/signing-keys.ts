import type { CryptoKey } from 'jose';
import { inTime } from '../in-time.ts';
import { coalesced } from './coalesced.ts';
import { type Jwks, KeyRing, type KeySet, type KeyStanding } from './key-ring.ts';

/** Where the keys are. */
export interface KeySource {
  /** @throws Refusal UNAVAILABLE */
  load(): Promise<KeySet>;
}

/** Milliseconds between two looks at the keys: strangers can cause them by a `kid` that nobody has. */
const PACE = 100;

/** Milliseconds that a request waits for a look at the keys when the database hangs. */
const PATIENCE = 1_000;

/** An RFC 7638 thumbprint in base64url, as every `kid` of ours is. */
const KID = /^[\w-]{43}$/;

/**
 * The keys of this instance, kept up with those of the others: by the epoch that comes with every state of a session and
 * every transaction, and by a look at the database where a `kid` is not known.
 */
export class SigningKeys {
  #ring: KeyRing;
  readonly #look: () => Promise<void>;

  private constructor(source: KeySource, secrets: readonly Uint8Array[], ring: KeyRing) {
    this.#ring = ring;
    const look = coalesced(async () => {
      const found = await source.load();
      if (found.epoch !== this.#ring.epoch) this.#ring = await KeyRing.open(found, secrets, this.#ring);
    }, PACE);
    this.#look = () => inTime(look(), PATIENCE);
  }

  /** @throws what `KeyRing.open` and the source throw */
  static async open(source: KeySource, secrets: readonly Uint8Array[]): Promise<SigningKeys> {
    return new SigningKeys(source, secrets, await KeyRing.open(await source.load(), secrets));
  }

  /** That of the keys that are known here. */
  get epoch(): number {
    return this.#ring.epoch;
  }

  /**
   * To be awaited before anything is accepted, or signed, that was read together with this epoch.
   *
   * @throws Refusal UNAVAILABLE; Error when a key cannot be opened. Both fail closed: the keys may have been revoked
   */
  async synchronize(epoch: number): Promise<void> {
    if (epoch !== this.#ring.epoch) await this.#look();
  }

  /** Looks at the database, and knows the keys as they are there. */
  async renew(): Promise<void> {
    await this.#look();
  }

  /**
   * The public part of a key, whatever its standing. Another instance may have made one that this one has not heard of:
   * for a `kid` that could be ours, and only for such, it looks once more.
   *
   * @throws Refusal UNAVAILABLE
   */
  async publicKey(kid: string): Promise<CryptoKey | undefined> {
    const known = this.#ring.publicKey(kid);
    if (known !== undefined || !KID.test(kid)) return known;
    await this.#look();
    return this.#ring.publicKey(kid);
  }

  standing(kid: string, now: number): KeyStanding | undefined {
    return this.#ring.standing(kid, now);
  }

  signingKey(now: number): { readonly kid: string; readonly privateKey: CryptoKey } {
    return this.#ring.signingKey(now);
  }

  /** Public keys are served while the database is away, too. */
  async jwks(now: number): Promise<Jwks> {
    await this.#look().catch(() => undefined);
    return this.#ring.jwks(now);
  }
}
