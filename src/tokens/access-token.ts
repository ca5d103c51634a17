import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { SigningKeys } from '../keys/signing-keys.ts';
import type { ExtraClaims } from './extra-claims.ts';

export interface AccessTokenGrant {
  readonly userId: string;
  readonly sessionId: string;
  readonly tokenVersion: number;
  /** Milliseconds; when the user last proved their credentials. */
  readonly authenticatedAt: number;
  readonly roles: readonly string[];
  /** None of them bears a name of ours. */
  readonly claims: ExtraClaims;
  /** Milliseconds of the database's clock. */
  readonly now: number;
  /** Of the keys, as the transaction that grants it saw them. */
  readonly keyEpoch: number;
  /** Milliseconds; the session's deadline, which no token of it outlives. */
  readonly notAfter: number;
}

/** An access token as its client receives it. */
export interface IssuedAccessToken {
  readonly token: string;
  /** Seconds */
  readonly expiresIn: number;
}

export interface AccessTokenIssuerOptions {
  readonly keys: Pick<SigningKeys, 'synchronize' | 'signingKey'>;
  readonly issuer: string;
  /** At least one; all of them go into `aud`. */
  readonly audience: readonly string[];
  /** Milliseconds */
  readonly ttl: number;
}

/** Issues access tokens by the JWT profile of RFC 9068. */
export class AccessTokenIssuer {
  readonly #options: AccessTokenIssuerOptions;

  constructor(options: AccessTokenIssuerOptions) {
    this.#options = options;
  }

  /** @throws Refusal UNAVAILABLE when the keys have changed and cannot be read */
  async issue(grant: AccessTokenGrant): Promise<IssuedAccessToken> {
    const { keys, issuer, audience, ttl } = this.#options;
    await keys.synchronize(grant.keyEpoch);
    const { kid, privateKey } = keys.signingKey(grant.now);
    const issuedAt = seconds(grant.now);
    const expiresAt = seconds(Math.min(grant.now + ttl, grant.notAfter));
    const token = await new SignJWT(sessionClaims(grant))
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid })
      .setIssuer(issuer)
      .setAudience(oneOrMany(audience))
      .setSubject(grant.userId)
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiresAt)
      .setJti(randomUUID())
      .sign(privateKey);
    return { token, expiresIn: Math.max(0, expiresAt - issuedAt) };
  }
}

function sessionClaims(grant: AccessTokenGrant) {
  return {
    ...grant.claims,
    sid: grant.sessionId,
    ver: grant.tokenVersion,
    auth_time: seconds(grant.authenticatedAt),
    roles: grant.roles,
  };
}

/** RFC 7519 §4.1.3: a single audience may be a plain string, and that is what most libraries expect. */
function oneOrMany(audience: readonly string[]): string | string[] {
  const [only, ...others] = audience;
  return only !== undefined && others.length === 0 ? only : [...audience];
}

/** Whole seconds, rounded down: a token never outlives the deadline by its fraction. */
function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
