import { SESSION_END_REASONS, type SessionEndReason } from '../errors/refusal.ts';
import { EFFECTIVE_FOR, type KnownRevocation } from '../revocation/revocation.ts';
import { isUuid } from '../tokens/uuid.ts';

/** What the issuer's feed says (docs/revocation-feed.md). */
export type FeedMessage =
  | { readonly kind: 'revocations'; readonly revocations: readonly RemoteRevocation[] }
  /** All is told that had been committed so many milliseconds after the issuer got the request, or before it. */
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
    return { kind: event, revocations: list(JSON.parse(data)).flatMap((each) => readRevocation(each) ?? []) };
  if (event === 'current') return { kind: event, at: demand(record(JSON.parse(data))['at'], isNumber) };
  return undefined;
}

/** @returns undefined for a kind that means nothing to us, as a later version may bring */
function readRevocation(value: unknown): RemoteRevocation | undefined {
  const { kind, sid, reason, sub, ver, until } = record(value);
  const effectiveUntil = demand(until, isNumber) * 1000;
  const times = { effectiveUntil, createdAt: effectiveUntil - EFFECTIVE_FOR };
  if (kind === 'session')
    return { kind: 'SESSION', sessionId: demand(sid, isUuid), reason: reasonOf(reason), ...times };
  if (kind === 'user')
    return { kind: 'USER', userId: demand(sub, isUuid), leastVersion: demand(ver, isNumber), ...times };
  return kind === 'keys' ? { kind: 'KEYS', effectiveUntil } : undefined;
}

/** A reason that a later version knows ends a session as well. */
function reasonOf(value: unknown): SessionEndReason {
  return SESSION_END_REASONS.find((each) => each === value) ?? 'LOGOUT';
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unreadable();
  return { ...value };
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw unreadable();
  return value;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function demand<Wanted>(value: unknown, isWanted: (value: unknown) => value is Wanted): Wanted {
  if (!isWanted(value)) throw unreadable();
  return value;
}

function unreadable(): Error {
  return new Error('A message of the revocation feed cannot be read');
}
