import { unauthenticated } from '../errors/refusal.ts';
import { decodeBase64url } from './base64url.ts';
import { type ExtraClaims, extraClaimsOf } from './extra-claims.ts';
import { parseJsonObject } from './json-object.ts';
import { isUuid } from './uuid.ts';

/** What a verified access token says. */
export interface AccessTokenClaims {
  /** `sub`: the user's id */
  readonly subject: string;
  /** `sid` */
  readonly sessionId: string;
  /** `ver`: the user's tokenVersion when it was issued */
  readonly tokenVersion: number;
  /** `auth_time`, seconds: when the user last proved their credentials */
  readonly authTime: number;
  readonly roles: readonly string[];
  /** `iat`, seconds */
  readonly issuedAt: number;
  /** `exp`, seconds */
  readonly expiresAt: number;
  /** `jti` */
  readonly tokenId: string;
  /** Those that are not ours, frozen. */
  readonly extra: ExtraClaims;
}

/** What the claims are held against. */
export interface ExpectedClaims {
  readonly issuer: string;
  /** The token must be meant for one of these at least (RFC 9068 §4). */
  readonly audience: readonly string[];
  /** Milliseconds */
  readonly now: number;
}

/** Instances estimate the database's clock, each by itself: how far two of them may be apart. */
const CLOCK_SKEW_MS = 5_000;

/** 9999-12-31T23:59:59Z; what is above it is a float, milliseconds or an attack (1e308), never a date. */
const LAST_SECOND = 253_402_300_799;

/**
 * Reads the claims of a token whose signature is good; its expiry is the caller's to judge. jose would accept a
 * float or 1e308 as `exp` and looks at no type of our own claims, so all checks are here (ASVS V9.2, V15.3.5).
 * @throws Refusal UNAUTHENTICATED, INVALID
 */
export function readClaims(payload: Uint8Array, expected: ExpectedClaims): AccessTokenClaims {
  const claims = parseJsonObject(payload);
  if (claims === undefined) throw unauthenticated('INVALID');
  const { iss, aud, nbf, sub, sid, ver, auth_time, roles, iat, exp, jti, ...others } = claims;
  if (iss !== expected.issuer || !isAudience(aud, expected.audience)) throw unauthenticated('INVALID');
  const isPast = (value: unknown): value is number =>
    isSecond(value) && value * 1000 <= expected.now + CLOCK_SKEW_MS;
  if (nbf !== undefined) demand(nbf, isPast);
  return {
    subject: demand(sub, isUuid),
    sessionId: demand(sid, isUuid),
    tokenVersion: demand(ver, isVersion),
    authTime: demand(auth_time, isPast),
    roles: demand(roles, isRoles),
    issuedAt: demand(iat, isPast),
    expiresAt: demand(exp, isSecond),
    tokenId: demand(jti, isUuid),
    extra: extraClaimsOf(others),
  };
}

/** The `aud` of a verified token, which need not be all that AUDIENCE says by now: the guard itself has no use for it. */
export function readAudience(token: string): unknown {
  const [, payload = ''] = token.split('.');
  return parseJsonObject(decodeBase64url(payload) ?? new Uint8Array())?.['aud'];
}

function demand<Wanted>(value: unknown, isWanted: (value: unknown) => value is Wanted): Wanted {
  if (!isWanted(value)) throw unauthenticated('INVALID');
  return value;
}

function isSecond(value: unknown): value is number {
  return isVersion(value) && value <= LAST_SECOND;
}

function isVersion(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isRoles(value: unknown): value is string[] {
  return isStrings(value) && value.length > 0 && !value.includes('');
}

function isAudience(value: unknown, ours: readonly string[]): boolean {
  const audience = typeof value === 'string' ? [value] : value;
  return isStrings(audience) && audience.some((member) => ours.includes(member));
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((member) => typeof member === 'string');
}
