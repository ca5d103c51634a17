import { createHash } from 'node:crypto';
import type { FeedEntry } from './revocation.ts';

/** 96 bits of a digest: nobody gains by a cursor that is taken for another one, but chance must not bring it about. */
const FINGERPRINT = 16;

const CURSOR = /^([1-9]\d{0,15})\.[\w-]{16}$/;

/**
 * The place of an entry in the feed, as a subscriber keeps it: its number, and what stands there. A database that was
 * restored gives the number to another revocation.
 */
export function cursorOf(entry: FeedEntry): string {
  const { sequence, createdAt, effectiveUntil } = entry;
  const content = JSON.stringify([sequence, ...subjectOf(entry), createdAt, effectiveUntil]);
  const digest = createHash('sha256').update(content).digest('base64url');
  return `${sequence}.${digest.slice(0, FINGERPRINT)}`;
}

/** @returns the number of a cursor; undefined: it is none */
export function sequenceOf(cursor: string): number | undefined {
  const sequence = CURSOR.exec(cursor)?.[1];
  return sequence === undefined ? undefined : Number(sequence);
}

function subjectOf(entry: FeedEntry): (string | number)[] {
  if (entry.kind === 'SESSION') return [entry.kind, entry.sessionId, entry.reason];
  if (entry.kind === 'USER') return [entry.kind, entry.userId, entry.leastVersion];
  return [entry.kind, entry.epoch];
}
