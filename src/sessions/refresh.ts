import type { RequestOrigin } from '../audit/event.ts';
import { type SessionEnd, sessionEnded, unauthenticated } from '../errors/refusal.ts';
import { endSessions } from './end-sessions.ts';
import { findByRefreshToken, type PresentedToken } from './find-by-token.ts';
import { type Grant, type Granted, issueGrant } from './grant.ts';
import { decideRotation, type RotationDecision, type TokenPosition } from './rotation.ts';
import type { SessionServices } from './services.ts';
import { type Session, sessionEnd, type Transport } from './session.ts';
import type { SessionTransaction } from './store.ts';
import { withinBudget } from './time-budget.ts';

export interface RefreshRequest {
  readonly refreshToken: string | undefined;
  /** The way by which the token came. */
  readonly transport: Transport;
  /** The session of the verified access token that came along, if any. */
  readonly bearerSessionId: string | undefined;
  readonly origin: RequestOrigin;
  /** `performance.now()` when the request arrived. */
  readonly arrivedAt: number;
}

type Accepted = Exclude<RotationDecision, { verdict: 'REUSED' }>;

type Outcome =
  | { readonly verdict: 'REUSED'; readonly ended: SessionEnd }
  | (Granted & { readonly verdict: Accepted['verdict']; readonly position: TokenPosition });

/**
 * Exchanges a refresh token (OAuth 2.0 RFC 6749 §6, rotation per RFC 9700 §4.14.2 and DESIGN section 4).
 *
 * @throws Refusal UNAUTHENTICATED (MISSING, INVALID, SESSION_ENDED), UNAVAILABLE past the time budget
 */
export async function refresh(services: SessionServices, request: RefreshRequest): Promise<Grant> {
  return withinBudget(services.policy.refreshGrace, request.arrivedAt, async (signal) => {
    const presented = await identify(services, request);
    const outcome = await services.store.transact(
      [presented.session.userId],
      (tx) => rotate(tx, presented, request.origin, services.policy),
      signal,
    );
    services.onRefresh(outcome.verdict, presented.session);
    if (outcome.verdict === 'REUSED') throw sessionEnded(outcome.ended);
    return issueGrant(services, outcome);
  });
}

/** Whose token it is, and whether it came the way it must; nothing is locked or changed by a token that fails here. */
async function identify(services: SessionServices, request: RefreshRequest): Promise<PresentedToken> {
  if (request.refreshToken === undefined) throw unauthenticated('MISSING');
  const presented = await findByRefreshToken(services, request.refreshToken);
  if (presented === undefined) throw unauthenticated('INVALID');
  const { session } = presented;
  const foreignBearer = request.bearerSessionId !== undefined && request.bearerSessionId !== session.id;
  if (session.transport !== request.transport || foreignBearer) throw unauthenticated('INVALID');
  return presented;
}

/** The transaction: judge under the lock, then write exactly what was decided. */
async function rotate(
  tx: SessionTransaction,
  presented: PresentedToken,
  origin: RequestOrigin,
  policy: SessionServices['policy'],
): Promise<Outcome> {
  const user = tx.user(presented.session.userId);
  const session = await tx.session(presented.session.id);
  if (user === undefined || session === undefined) throw unauthenticated('INVALID');
  const end = sessionEnd(session, user.status, tx.now);
  if (end !== undefined) throw sessionEnded(end);

  const decision = decideRotation(session, presented.token, tx.now, policy.refreshGrace);
  const { verdict } = decision;
  if (verdict === 'REUSED') return { verdict, ended: await endReused(tx, session, presented.token, origin) };
  const changed = await writeDecision(tx, session, decision, origin, policy);
  if (verdict === 'REPLAYED') await recordReplayFromElsewhere(tx, session, origin);
  return {
    verdict,
    user,
    session: changed,
    position: decision.issue,
    now: tx.now,
    keyEpoch: tx.keyEpoch,
  };
}

/** Reuse means that two parties hold the family's tokens: the session ends for both (RFC 9700 §4.14.2). */
async function endReused(
  tx: SessionTransaction,
  session: Session,
  token: TokenPosition,
  origin: RequestOrigin,
): Promise<SessionEnd> {
  await tx.record([
    {
      type: 'REFRESH_TOKEN_REUSED',
      at: tx.now,
      actorId: null,
      userId: session.userId,
      sessionId: session.id,
      ...origin,
      detail: `generation ${token.generation} branch ${token.branch} presented; current is generation ${session.generation} branch ${session.branch}`,
    },
  ]);
  await endSessions(tx, [session], 'REFRESH_TOKEN_REUSE', { actorId: null, ...origin });
  return { at: tx.now, reason: 'REFRESH_TOKEN_REUSE' };
}

/** A rotation is use and moves the inactivity timeout; a replay in the window moves nothing but `successorSeen`. */
async function writeDecision(
  tx: SessionTransaction,
  session: Session,
  decision: Accepted,
  origin: RequestOrigin,
  policy: SessionServices['policy'],
): Promise<Session> {
  const changes =
    decision.verdict === 'ROTATED'
      ? { ...decision.next, ...used(tx.now, session, policy), ...origin }
      : { successorSeen: decision.next.successorSeen };
  const unchanged = decision.verdict === 'REPLAYED' && changes.successorSeen === session.successorSeen;
  if (!unchanged) await tx.updateSession(session, changes);
  return { ...session, ...changes };
}

function used(now: number, session: Session, policy: SessionServices['policy']) {
  return { lastSeenAt: now, idleExpiresAt: Math.min(now + policy.idleTtl, session.expiresAt) };
}

/** Two tabs share an address and a browser; a replay from elsewhere is served, and told to whoever watches the log. */
async function recordReplayFromElsewhere(
  tx: SessionTransaction,
  session: Session,
  origin: RequestOrigin,
): Promise<void> {
  if (origin.ipAddress === session.ipAddress && origin.userAgent === session.userAgent) return;
  await tx.record([
    {
      type: 'REFRESH_REPLAYED',
      at: tx.now,
      actorId: null,
      userId: session.userId,
      sessionId: session.id,
      ...origin,
      detail: null,
    },
  ]);
}
