import { type CryptoKey, importJWK } from 'jose';
import { unavailable } from '../errors/refusal.ts';
import { coalesced } from '../keys/coalesced.ts';
import type { KeyStanding } from '../keys/key-ring.ts';
import { JWKS_MAX_AGE } from '../keys/key-state.ts';
import { requestJson } from './issuer-request.ts';

/** Milliseconds between two looks that strangers can cause by a `kid` that nobody has (SECURITY B12). */
const COOLDOWN = 30_000;

/**
 * Milliseconds between two looks that come by themselves. A new key is published longer than that before it signs
 * (PUBLICATION_LEAD), so that no token of it meets a service that does not know it.
 */
const INTERVAL = JWKS_MAX_AGE * 1000;

/** Milliseconds after a look that failed. */
const RETRY = 1_000;

/** Milliseconds between the beginnings of two looks in any case. */
const PACE = 100;

/** Whoever looks because something has changed must not get what was there before. */
const PAST_CACHES = { headers: { 'cache-control': 'no-cache' } };

/** An RFC 7638 thumbprint in base64url, as every `kid` of the issuer is. */
const KID = /^[\w-]{43}$/;

/** The issuer's public keys, kept up with its JWKS. */
export class RemoteKeys {
  #keys: ReadonlyMap<string, CryptoKey> | undefined;
  #epoch = 0;
  #wanted = 0;
  #lookedForUnknown = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  readonly #look: () => Promise<void>;

  /** @param url of the JWKS */
  constructor(url: URL) {
    this.#look = coalesced(async () => {
      const wanted = this.#wanted;
      this.#keys = await readKeys(await requestJson(url, PAST_CACHES));
      this.#epoch = wanted;
    }, PACE);
  }

  /** That of the revocation of keys which the known ones take into account. */
  get epoch(): number {
    return this.#epoch;
  }

  start(): void {
    void this.#keepUp();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Keys were revoked: those that are known are worth nothing until the JWKS has been read once more. */
  outdate(epoch: number): void {
    this.#wanted = Math.max(this.#wanted, epoch);
    if (this.#epoch < this.#wanted) void this.#keepUp();
  }

  /**
   * For a `kid` that could be the issuer's and is not known it looks once more, but not more often than every 30
   * seconds, whatever strangers send.
   *
   * @throws Refusal UNAVAILABLE while no keys are known
   */
  async publicKey(kid: string): Promise<CryptoKey | undefined> {
    const known = this.#keys?.get(kid);
    if (known !== undefined || !KID.test(kid)) return known;
    if (this.#keys === undefined) await this.#lookOr(unavailable);
    else await this.#lookForUnknown();
    return this.#keys?.get(kid);
  }

  standing(kid: string): KeyStanding | undefined {
    return this.#keys?.has(kid) ? 'GOOD' : undefined;
  }

  async #lookForUnknown(): Promise<void> {
    const now = performance.now();
    if (now - this.#lookedForUnknown < COOLDOWN) return;
    this.#lookedForUnknown = now;
    await this.#lookOr(unavailable);
  }

  async #lookOr(failure: (cause: unknown) => Error): Promise<void> {
    try {
      await this.#look();
    } catch (error) {
      throw failure(error);
    }
  }

  async #keepUp(): Promise<void> {
    clearTimeout(this.#timer);
    const found = await this.#look().then(
      () => true,
      () => false,
    );
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    const isCurrent = found && this.#epoch >= this.#wanted;
    this.#timer = setTimeout(() => void this.#keepUp(), isCurrent ? INTERVAL : RETRY).unref();
  }
}

/** A member that is no Ed25519 key is somebody else's business (RFC 7517 §5). */
async function readKeys(jwks: unknown): Promise<ReadonlyMap<string, CryptoKey>> {
  const members = isRecord(jwks) && Array.isArray(jwks['keys']) ? jwks['keys'] : undefined;
  if (members === undefined) throw new Error('What the issuer publishes is no JWK Set');
  const keys = await Promise.all(members.filter(isRecord).map(readKey));
  return new Map(keys.flatMap((key) => (key === undefined ? [] : [key])));
}

async function readKey({ kid, kty, crv, x }: Readonly<Record<string, unknown>>) {
  if (kty !== 'OKP' || crv !== 'Ed25519' || typeof kid !== 'string' || typeof x !== 'string')
    return undefined;
  const key = await importJWK({ kty, crv, x }, 'EdDSA');
  return key instanceof Uint8Array ? undefined : ([kid, key] as const);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
