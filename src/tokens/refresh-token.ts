import { createHmac, timingSafeEqual } from 'node:crypto';
import { issuingKey, verifyingKeys } from '../keys/secret.ts';
import { decodeBase64url } from './base64url.ts';
import { isUuid, uuidFromBytes, uuidToBytes } from './uuid.ts';

/** The version of the format, in the token for secret scanners to find and under the MAC. */
const LABEL = 'pr1_';
const ID_LENGTH = 16;
const GENERATION_AT = ID_LENGTH;
const BRANCH_AT = GENERATION_AT + 4;
const MAC_AT = BRANCH_AT + 2;
const LENGTH = MAC_AT + 32;

const MAX_GENERATION = 0xffff_ffff;
const MAX_BRANCH = 0xffff;

/** Which link of which session's chain a refresh token is (DESIGN section 4). */
export interface RefreshTokenPosition {
  /** UUID */
  readonly sessionId: string;
  /** 32 bits */
  readonly generation: number;
  /** 16 bits */
  readonly branch: number;
}

/** A refresh token in good form; only its MAC tells whether it was ever issued. */
export interface RefreshToken extends RefreshTokenPosition {
  /** 32 bytes */
  readonly mac: Uint8Array;
}

/** `pr1_` and the base64url of id ‖ generation ‖ branch ‖ MAC: 76 characters in one spelling; else undefined. */
export function parseRefreshToken(text: string): RefreshToken | undefined {
  if (!text.startsWith(LABEL)) return undefined;
  const bytes = decodeBase64url(text.slice(LABEL.length));
  if (bytes?.length !== LENGTH) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, LENGTH);
  return {
    sessionId: uuidFromBytes(bytes.subarray(0, ID_LENGTH)),
    generation: view.getUint32(GENERATION_AT),
    branch: view.getUint16(BRANCH_AT),
    mac: bytes.subarray(MAC_AT),
  };
}

/**
 * Issues and recognises refresh tokens without storing them: HMAC-SHA-256 under a key derived from both
 * PORTCULLIS_SECRET and the session's own secret, so that neither a stolen database nor a stolen setting alone
 * makes one.
 */
export class RefreshTokenMac {
  readonly #secrets: readonly Uint8Array[];

  /** @param secrets PORTCULLIS_SECRET: the first one issues, all verify */
  constructor(secrets: readonly Uint8Array[]) {
    this.#secrets = secrets;
  }

  /**
   * @param sessionSecret the session's own 32 random bytes
   * @throws RangeError when the position does not fit the format
   */
  issue({
    sessionSecret,
    ...position
  }: RefreshTokenPosition & { readonly sessionSecret: Uint8Array }): string {
    const content = encodePosition(position);
    const key = issuingKey(this.#secrets, 'refresh-token-mac', sessionSecret);
    return LABEL + Buffer.concat([content, authenticate(content, key)]).toString('base64url');
  }

  /** Whether this server issued the token for the session with this secret; in constant time. */
  verify(token: RefreshToken, sessionSecret: Uint8Array): boolean {
    const content = encodePosition(token);
    const keys = verifyingKeys(this.#secrets, 'refresh-token-mac', sessionSecret);
    return keys.some((key) => timingSafeEqual(token.mac, authenticate(content, key)));
  }
}

function authenticate(content: Uint8Array, key: Uint8Array): Uint8Array {
  return createHmac('sha256', key).update(LABEL).update(content).digest();
}

function encodePosition({ sessionId, generation, branch }: RefreshTokenPosition): Uint8Array {
  if (!isUuid(sessionId)) throw new RangeError(`The session id must be a UUID; it is ${sessionId}.`);
  requireWithin('generation', generation, MAX_GENERATION);
  requireWithin('branch', branch, MAX_BRANCH);
  const content = Buffer.alloc(MAC_AT);
  content.set(uuidToBytes(sessionId));
  content.writeUInt32BE(generation, GENERATION_AT);
  content.writeUInt16BE(branch, BRANCH_AT);
  return content;
}

function requireWithin(name: string, value: number, max: number): void {
  if (!Number.isInteger(value) || value < 0 || value > max)
    throw new RangeError(`The ${name} must be an integer from 0 to ${max}; it is ${value}.`);
}
