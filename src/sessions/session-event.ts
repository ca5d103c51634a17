import type { SessionEndReason } from '../errors/refusal.ts';
import type { Session } from './session.ts';

export const SESSION_EVENT_KINDS = ['BEGAN', 'REFRESHED', 'ENDED'] as const;
export type SessionEventKind = (typeof SESSION_EVENT_KINDS)[number];

export const SESSION_EVENT_ACTORS = ['SELF', 'ADMIN', 'SYSTEM'] as const;
export type SessionEventActor = (typeof SESSION_EVENT_ACTORS)[number];

/** What happened to a session. */
export interface SessionEvent {
  readonly kind: SessionEventKind;
  /** As it stood when the event was told. */
  readonly session: Session;
  /** Who ended it; null: it has not ended. */
  readonly actor: SessionEventActor | null;
  /** Milliseconds of the database's clock. */
  readonly at: number;
}

/** Reasons for which nobody asked. */
const BY_ITSELF: ReadonlySet<SessionEndReason | null> = new Set([
  'REFRESH_TOKEN_REUSE',
  'SESSION_LIMIT',
  'IDLE_TIMEOUT',
  'LIFETIME_REACHED',
]);

/**
 * @param session as it is now
 * @returns undefined where that does not bear it out: the end of a session that lives, the use of one that has ended
 */
export function sessionEvent(kind: SessionEventKind, session: Session): SessionEvent | undefined {
  if (kind === 'ENDED') {
    if (session.endedAt === null) return undefined;
    return { kind, session, actor: actorOf(session), at: session.endedAt };
  }
  if (session.endedAt !== null) return undefined;
  return { kind, session, actor: null, at: kind === 'BEGAN' ? session.createdAt : session.lastSeenAt };
}

/** The operator at the command line has no id, and is an admin to whom it happens. */
function actorOf({ endReason, endedBy, userId }: Session): SessionEventActor {
  if (BY_ITSELF.has(endReason)) return 'SYSTEM';
  return endedBy === userId ? 'SELF' : 'ADMIN';
}
