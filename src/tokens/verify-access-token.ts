import { type CryptoKey, compactVerify } from 'jose';
import { unauthenticated } from '../errors/refusal.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { type AccessTokenClaims, readClaims } from './access-token-claims.ts';
import { decodeBase64url } from './base64url.ts';
import type { Clock } from './clock.ts';
import { parseJsonObject } from './json-object.ts';

export type { AccessTokenClaims } from './access-token-claims.ts';

/** Our own take some 600 characters and what ISSUER and AUDIENCE add; more is not worth a look (SECURITY B4, B10). */
const MAX_LENGTH = 4096;

const HEADER_MEMBERS = ['alg', 'typ', 'kid'];

export interface AccessTokenVerifierOptions {
  readonly keys: KeyRing;
  readonly issuer: string;
  /** A token is accepted when its `aud` holds one of these at least. */
  readonly audience: readonly string[];
  readonly clock: Clock;
}

/** Verifies access tokens by RFC 9068 §4 and RFC 8725; whether the session still lives is not its question. */
export class AccessTokenVerifier {
  readonly #options: AccessTokenVerifierOptions;

  constructor(options: AccessTokenVerifierOptions) {
    this.#options = options;
  }

  /**
   * @param token as it came, without the scheme
   * @throws Refusal UNAUTHENTICATED: EXPIRED when nothing but its time is wrong, else INVALID
   */
  async verify(token: string): Promise<AccessTokenClaims> {
    const { keys, issuer, audience, clock } = this.#options;
    const header = readForm(token);
    const kid = readHeader(header);
    const payload = await verifySignature(token, keys.verificationKey(kid));
    const now = clock.now();
    const claims = readClaims(payload, { issuer, audience, now });
    if (now >= claims.expiresAt * 1000) throw unauthenticated('EXPIRED');
    return claims;
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
