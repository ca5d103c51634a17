import { type CryptoKey, compactVerify } from 'jose';
import { type Refusal, unauthenticated } from '../errors/refusal.ts';
import type { KeyStanding } from '../keys/key-ring.ts';
import type { SigningKeys } from '../keys/signing-keys.ts';
import { readClaims } from './access-token-claims.ts';
import { decodeBase64url } from './base64url.ts';
import type { Clock } from './clock.ts';
import { parseJsonObject } from './json-object.ts';
import { type TokenCacheUse, type VerifiedToken, VerifiedTokens } from './verified-tokens.ts';

export type { AccessTokenClaims } from './access-token-claims.ts';

/** Our own take some 600 characters and what ISSUER and AUDIENCE add; more is not worth a look (SECURITY B4, B10). */
const MAX_LENGTH = 4096;

const HEADER_MEMBERS = ['alg', 'typ', 'kid'];

export interface AccessTokenVerifierOptions {
  /** Asked at every token, for the keys change. */
  readonly keys: Pick<SigningKeys, 'publicKey' | 'standing'>;
  readonly issuer: string;
  /** A token is accepted when its `aud` holds one of these at least. */
  readonly audience: readonly string[];
  readonly clock: Clock;
}

/** Verifies access tokens by RFC 9068 §4 and RFC 8725; whether the session still lives is not its question. */
export class AccessTokenVerifier {
  readonly #options: AccessTokenVerifierOptions;
  readonly #verified = new VerifiedTokens();

  constructor(options: AccessTokenVerifierOptions) {
    this.#options = options;
  }

  get cacheUse(): TokenCacheUse {
    return this.#verified.use;
  }

  /**
   * Of a revoked key's tokens too it finds out whether they are genuine: see `standing`.
   *
   * @param token as it came, without the scheme
   * @returns at once, where it was verified before and is still good; whatever is refused rejects with a Refusal:
   *   UNAUTHENTICATED, EXPIRED when nothing but its time is wrong, else INVALID; UNAVAILABLE when a key that is not known
   *   cannot be looked for
   */
  verify(token: string): VerifiedToken | Promise<VerifiedToken> {
    const known = this.#verified.find(token);
    if (known === undefined) return this.#add(token);
    const refusal = this.#refusalNow(known);
    return refusal === undefined ? known : Promise.reject(refusal);
  }

  async #add(token: string): Promise<VerifiedToken> {
    const verified = await this.#verifyAnew(token);
    const refusal = this.#refusalNow(verified);
    if (refusal !== undefined) throw refusal;
    this.#verified.add(token, verified);
    return verified;
  }

  /** What may change about a token that was verified. */
  #refusalNow(verified: VerifiedToken): Refusal | undefined {
    const now = this.#options.clock.now();
    // The key may have gone since: nothing that is left of it may verify longer than its last token.
    if (this.standing(verified, now) === undefined) return unauthenticated('INVALID');
    return now >= verified.claims.expiresAt * 1000 ? unauthenticated('EXPIRED') : undefined;
  }

  /** What the key of a verified token is worth by now; only a GOOD one's token may be accepted. */
  standing({ kid }: VerifiedToken, now = this.#options.clock.now()): KeyStanding | undefined {
    return this.#options.keys.standing(kid, now);
  }

  async #verifyAnew(token: string): Promise<VerifiedToken> {
    const { keys, issuer, audience, clock } = this.#options;
    const header = readForm(token);
    const kid = readHeader(header);
    const payload = await verifySignature(token, await keys.publicKey(kid));
    return { kid, claims: readClaims(payload, { issuer, audience, now: clock.now() }) };
  }
}

/**
 * A compact JWS in its one canonical spelling, so that one token has one text (DESIGN section 7).
 * @returns the bytes of its header
 */
function readForm(token: string): Uint8Array {
  if (token.length > MAX_LENGTH) throw unauthenticated('INVALID');
  const segments = token.split('.').map(decodeBase64url);
  const [header, payload, signature] = segments;
  if (segments.length !== 3 || !header || !payload || !signature) throw unauthenticated('INVALID');
  return header;
}

/**
 * A closed set of members and values: `crit`, `jwk`, `jku`, `zip` and all that may come (RFC 8725 §3.1, §3.10,
 * §3.11) need no check of their own.
 * @returns the `kid`
 */
function readHeader(bytes: Uint8Array): string {
  const header = parseJsonObject(bytes);
  if (header === undefined || !Object.keys(header).every((name) => HEADER_MEMBERS.includes(name)))
    throw unauthenticated('INVALID');
  const { alg, typ, kid } = header;
  if (alg !== 'EdDSA' || typ !== 'at+jwt' || typeof kid !== 'string') throw unauthenticated('INVALID');
  return kid;
}

async function verifySignature(token: string, key: CryptoKey | undefined): Promise<Uint8Array> {
  if (key === undefined) throw unauthenticated('INVALID');
  try {
    const { payload } = await compactVerify(token, key, { algorithms: ['EdDSA'] });
    return payload;
  } catch {
    // Whatever jose or WebCrypto finds wrong with it, it is the token that is wrong: a denial, never a 500.
    throw unauthenticated('INVALID');
  }
}
