import { SESSION_END_REASONS } from '../errors/refusal.ts';
import { EFFECTIVE_FOR, type KnownRevocation } from '../revocation/revocation.ts';
import { isUuid } from '../tokens/uuid.ts';

/** What the issuer's feed says (docs/revocation-feed.md). */
export type FeedMessage =
  | { readonly kind: 'revocations'; readonly revocations: readonly RemoteRevocation[] }
  /** All is told that had been committed so many milliseconds after the issuer got the request. */
  | { readonly kind: 'current'; readonly at: number };

/** A revocation of keys has no number here: whoever hears of it counts. */
export type RemoteRevocation =
  | Exclude<KnownRevocation, { readonly kind: 'KEYS' }>
  | { readonly kind: 'KEYS'; readonly effectiveUntil: number };

/**
 * @returns undefined for a kind of message that means nothing to us, as a later version may bring
 * @throws Error when it is one of ours and cannot be read: what it says must not be missed
 */
export function readMessage(event: string | undefined, data: string): FeedMessage | undefined {
  if (event === 'revocations')
    return { kind: event, revocations: list(JSON.parse(data)).map(readRevocation) };
  if (event === 'current') return { kind: event, at: demand(record(JSON.parse(data))['at'], isMilliseconds) };
  return undefined;
}

function readRevocation(value: unknown): RemoteRevocation {
  const { kind, sid, reason, sub, ver, until } = record(value);
  const effectiveUntil = demand(until, isMilliseconds) * 1000;
  const times = { effectiveUntil, createdAt: effectiveUntil - EFFECTIVE_FOR };
  if (kind === 'session') {
    // A reason that a later version knows ends a session as well.
    const known = SESSION_END_REASONS.find((each) => each === reason) ?? 'LOGOUT';
    return { kind: 'SESSION', sessionId: demand(sid, isUuid), reason: known, ...times };
  }
  if (kind === 'user')
    return {
      kind: 'USER',
      userId: demand(sub, isUuid),
      leastVersion: demand(ver, isMilliseconds),
      ...times,
    };
  if (kind === 'keys') return { kind: 'KEYS', effectiveUntil };
  throw unreadable();
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unreadable();
  return { ...value };
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw unreadable();
  return value;
}

function isMilliseconds(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function demand<Wanted>(value: unknown, isWanted: (value: unknown) => value is Wanted): Wanted {
  if (!isWanted(value)) throw unreadable();
  return value;
}

function unreadable(): Error {
  return new Error('A message of the revocation feed cannot be read');
}
