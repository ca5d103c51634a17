import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { uuidToBytes } from '../tokens/uuid.ts';
import type { Client } from './client.ts';

/** For secret scanners to find. */
const LABEL = 'pcs1_';

const LENGTH = 32;

/** 256 random bits: `pcs1_` and 43 characters of base64url. */
export function generateSecret(): string {
  return LABEL + randomBytes(LENGTH).toString('base64url');
}

/**
 * What is stored of a secret. One round of SHA-256 is right here: a slow hash protects what people choose and others can
 * guess, and nobody finds one of 2^256 by trying. That is also why failures need no throttle. The id stands in it, so that
 * a row is good for its own client alone.
 *
 * @param clientId UUID
 * @returns 32 bytes
 */
export function hashSecret(clientId: string, secret: string): Uint8Array {
  return createHash('sha256').update(uuidToBytes(clientId)).update(secret).digest();
}

/** Whether the secret is the client's; in constant time. */
export function isSecretOf({ id, secretHash }: Pick<Client, 'id' | 'secretHash'>, secret: string): boolean {
  return timingSafeEqual(hashSecret(id, secret), secretHash);
}
