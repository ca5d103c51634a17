import type { RequestOrigin } from '../audit/event.ts';
import type { SessionEndReason } from '../errors/refusal.ts';
import { type Session, sessionEnd } from './session.ts';
import type { SessionTransaction } from './store.ts';

/** Who ended a session, and from where. */
export interface Actor extends RequestOrigin {
  /** Null: not known (a holder of a reused token), or the operator at the command line. */
  readonly actorId: string | null;
}

/**
 * The one way in which a session ends before its deadline: its row and its line in the security log are written in the
 * transaction of the change, so that the log and the state cannot disagree.
 *
 * @param sessions locked by `tx` and not ended
 * @returns the sessions as they are now
 */
export async function endSessions(
  tx: SessionTransaction,
  sessions: readonly Session[],
  reason: SessionEndReason,
  actor: Actor,
): Promise<Session[]> {
  if (sessions.length === 0) return [];
  const end = { endedAt: tx.now, endReason: reason, endedBy: actor.actorId };
  await tx.markEnded(
    sessions.map((session) => session.id),
    end,
  );
  await tx.record(
    sessions.map((session) => ({
      type: 'SESSION_ENDED' as const,
      at: tx.now,
      actorId: actor.actorId,
      userId: session.userId,
      sessionId: session.id,
      ipAddress: actor.ipAddress,
      userAgent: actor.userAgent,
      detail: reason,
    })),
  );
  return sessions.map((session) => ({ ...session, ...end }));
}

/**
 * Ends a session whose token was given back, where it still lives under the locks of `tx`.
 *
 * @param named as it was read before the locks
 * @returns whether it lived until now
 */
export async function endByLogout(
  tx: SessionTransaction,
  named: Pick<Session, 'id' | 'userId'>,
  actor: Actor,
): Promise<boolean> {
  const session = await tx.session(named.id);
  const owner = tx.user(named.userId);
  if (session === undefined || owner === undefined) return false;
  if (sessionEnd(session, owner.status, tx.now) !== undefined) return false;
  await endSessions(tx, [session], 'LOGOUT', actor);
  return true;
}
