import { isUuid } from '../tokens/uuid.ts';
import type { SessionEventKind } from './session-event.ts';

/**
 * Something has just happened to a session. It is told to whoever may have a subscriber for it, and nobody relies on it:
 * an ending, which must arrive, is told by the feed of revocations.
 */
export interface SessionHint {
  readonly kind: Exclude<SessionEventKind, 'ENDED'>;
  readonly userId: string;
  readonly sessionId: string;
}

export function writeHint({ kind, userId, sessionId }: SessionHint): string {
  return `${kind} ${userId} ${sessionId}`;
}

/** @returns undefined for what is no hint: whoever reaches the way that it takes may write to it */
export function readHint(text: string): SessionHint | undefined {
  const [kind, userId, sessionId, ...rest] = text.split(' ');
  if ((kind !== 'BEGAN' && kind !== 'REFRESHED') || rest.length > 0) return undefined;
  return isUuid(userId) && isUuid(sessionId) ? { kind, userId, sessionId } : undefined;
}
