import type { SessionEndReason } from '../errors/refusal.ts';
import { EFFECTIVE_FOR, type FeedEntry, type Revocation } from '../revocation/revocation.ts';
import { uuidFromBytes } from '../tokens/uuid.ts';

/** An entry of the feed as its table has it. */
export interface RevocationRow {
  readonly sequence: number;
  readonly kind: Revocation['kind'];
  /** The session or the user; null: it concerns everybody. */
  readonly subject: string | null;
  /** The least token version of the user, or the epoch of the keys. */
  readonly version: number | null;
  /** Why the session ended. */
  readonly reason: SessionEndReason | null;
  readonly effectiveUntil: number;
  readonly createdAt: number;
}

/** The same as the drivers read it: MySQL's has text for a BIGINT. */
export interface RawRevocationRow {
  seq: number | string;
  kind: Revocation['kind'];
  subject: Uint8Array | null;
  version: number | string | null;
  reason: SessionEndReason | null;
  effective_until: number | string;
  created_at: number | string;
}

/** @param sequence of the first of them */
export function toEntries(revocations: readonly Revocation[], sequence: number, now: number): FeedEntry[] {
  return revocations.map((revocation, index) => ({
    ...revocation,
    sequence: sequence + index,
    effectiveUntil: now + EFFECTIVE_FOR,
    createdAt: now,
  }));
}

export function toRow({ sequence, effectiveUntil, createdAt, ...revocation }: FeedEntry): RevocationRow {
  return { sequence, ...columnsOf(revocation), effectiveUntil, createdAt };
}

function columnsOf(revocation: Revocation): Pick<RevocationRow, 'kind' | 'subject' | 'version' | 'reason'> {
  const { kind } = revocation;
  if (kind === 'SESSION')
    return { kind, subject: revocation.sessionId, version: null, reason: revocation.reason };
  if (kind === 'USER')
    return { kind, subject: revocation.userId, version: revocation.leastVersion, reason: null };
  return { kind, subject: null, version: revocation.epoch, reason: null };
}

export function toEntry(row: RawRevocationRow): FeedEntry {
  return {
    ...revocationOf(row),
    sequence: Number(row.seq),
    effectiveUntil: Number(row.effective_until),
    createdAt: Number(row.created_at),
  };
}

function revocationOf({ kind, subject, version, reason }: RawRevocationRow): Revocation {
  const id = subject === null ? '' : uuidFromBytes(subject);
  if (kind === 'SESSION') return { kind, sessionId: id, reason: reason ?? 'LOGOUT' };
  if (kind === 'USER') return { kind, userId: id, leastVersion: Number(version) };
  return { kind: 'KEYS', epoch: Number(version) };
}
