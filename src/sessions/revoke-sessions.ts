import type { Role, User } from '../accounts/user.ts';
import type { RequestOrigin } from '../audit/event.ts';
import { notFound, type SessionEndReason } from '../errors/refusal.ts';
import { type Actor, endSessions } from './end-sessions.ts';
import type { SessionServices } from './services.ts';
import { asOf, type Session, sessionEnd } from './session.ts';
import type { SessionTransaction } from './store.ts';

/** Who asks for a revocation through the API. */
export interface Revoker {
  readonly userId: string;
  readonly sessionId: string;
  readonly roles: readonly Role[];
  readonly origin: RequestOrigin;
}

type Store = Pick<SessionServices, 'store'>;

/**
 * Ends one session: one's own, or anyone's for an admin. One that has ended already is returned as it is.
 *
 * @throws Refusal NOT_FOUND for an unknown id and for another user's alike (SECURITY G2)
 */
export async function revokeSession(
  services: Store,
  revoker: Revoker,
  sessionId: string,
): Promise<{ session: Session; user: User }> {
  const named = await services.store.find(sessionId);
  const own = named?.userId === revoker.userId;
  if (named === undefined || !(own || revoker.roles.includes('ADMIN'))) throw notFound('session');
  const reason = own ? 'REVOKED_BY_USER' : 'REVOKED_BY_ADMIN';
  return endOne(services, named, reason, actorOf(revoker));
}

/**
 * Ends one session, whoever it belongs to.
 *
 * @throws Refusal NOT_FOUND
 */
export async function endOne(
  services: Store,
  named: Pick<Session, 'id' | 'userId'>,
  reason: SessionEndReason,
  actor: Actor,
): Promise<{ session: Session; user: User }> {
  return services.store.transact([named.userId], async (tx) => {
    const user = tx.user(named.userId);
    const session = await tx.session(named.id);
    if (user === undefined || session === undefined) throw notFound('session');
    const now = asOf(session, user.status, tx.now);
    if (now.endedAt !== null) return { user, session: now };
    const [ended] = await endSessions(tx, [session], reason, actor);
    return { user, session: ended ?? session };
  });
}

/** Ends the caller's other sessions; the token version stays, so that this one goes on undisturbed. */
export async function revokeOtherSessions(services: Store, revoker: Revoker): Promise<number> {
  return services.store.transact([revoker.userId], async (tx) => {
    const live = await liveSessions(tx, revoker.userId);
    const others = live.filter((session) => session.id !== revoker.sessionId);
    return (await endSessions(tx, others, 'REVOKED_BY_USER', actorOf(revoker))).length;
  });
}

/**
 * Ends every session of a user and makes every access token untrue that the user was ever issued.
 *
 * @throws Refusal NOT_FOUND
 */
export async function revokeAllForUser(services: Store, userId: string, actor: Actor): Promise<number> {
  return services.store.transact([userId], async (tx) => {
    const user = tx.user(userId);
    if (user === undefined || user.status === 'DELETED') throw notFound('user');
    await tx.updateUser(user, { tokenVersion: user.tokenVersion + 1 });
    const live = await liveSessions(tx, userId);
    const ended = await endSessions(tx, live, 'REVOKED_BY_ADMIN', actor);
    // Written even where no session lived: the token version has risen, and the log agrees with the state (SECURITY H3).
    const detail = `${ended.length} of the user`;
    await tx.record([{ type: 'SESSIONS_REVOKED', at: tx.now, userId, sessionId: null, detail, ...actor }]);
    return ended.length;
  });
}

/** The sessions of a locked user that live, locked as well. */
export async function liveSessions(tx: SessionTransaction, userId: string): Promise<Session[]> {
  const open = await tx.openSessions(userId);
  const status = tx.user(userId)?.status ?? 'DELETED';
  return open.filter((session) => sessionEnd(session, status, tx.now) === undefined);
}

export function actorOf(revoker: Revoker): Actor {
  return { actorId: revoker.userId, ...revoker.origin };
}
