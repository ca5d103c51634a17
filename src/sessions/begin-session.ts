import { randomBytes } from 'node:crypto';
import type { User } from '../accounts/user.ts';
import type { RequestOrigin } from '../audit/event.ts';
import type { TokenPosition } from './rotation.ts';
import type { SessionPolicy } from './services.ts';
import type { Session, Transport } from './session.ts';
import { makeRoom } from './session-limit.ts';
import type { SessionTransaction } from './store.ts';

/** How the client asked for its session. */
export interface SessionRequest {
  readonly transport: Transport;
  readonly rememberMe: boolean;
  readonly deviceName: string | null;
  readonly origin: RequestOrigin;
}

/** Where every family of refresh tokens begins. */
export const FIRST_POSITION: TokenPosition = { generation: 0, branch: 0 };

/**
 * Inserts a session of a user whose row `tx` holds. Its identifiers are new whatever the request carried (session
 * fixation, ASVS V7.2.4).
 *
 * @throws Refusal SESSION_LIMIT
 */
export async function beginSession(
  tx: SessionTransaction,
  user: User,
  request: SessionRequest & { readonly sessionId: string },
  policy: SessionPolicy,
): Promise<Session> {
  await makeRoom(tx, user.id, policy.limit, request.origin);
  const expiresAt = tx.now + policy.lifetime;
  const session: Session = {
    id: request.sessionId,
    userId: user.id,
    transport: request.transport,
    rememberMe: request.rememberMe,
    secret: randomBytes(32),
    ...FIRST_POSITION,
    nextBranch: null,
    rotatedAt: null,
    successorSeen: false,
    createdAt: tx.now,
    lastSeenAt: tx.now,
    authenticatedAt: tx.now,
    idleExpiresAt: Math.min(tx.now + policy.idleTtl, expiresAt),
    expiresAt,
    endedAt: null,
    endReason: null,
    endedBy: null,
    ...request.origin,
    deviceName: request.deviceName,
  };
  await tx.insertSession(session);
  await tx.record([
    {
      type: 'LOGIN_SUCCEEDED',
      at: tx.now,
      actorId: user.id,
      userId: user.id,
      sessionId: session.id,
      ...request.origin,
      detail: null,
    },
  ]);
  return session;
}
