import type { Session } from '../sessions/session.ts';
import { isoTime } from './format-time.ts';

/**
 * A session as the commands print it in JSON; the names are those of the GraphQL type, and `endedBy` is a user's id.
 *
 * @param session with its end, if it has come by a deadline too
 */
export function sessionRecord(session: Session): object {
  const { id, userId, ipAddress, userAgent, deviceName, endedAt, endReason, endedBy } = session;
  return {
    id,
    userId,
    createdAt: isoTime(session.createdAt),
    lastSeenAt: isoTime(session.lastSeenAt),
    authenticatedAt: isoTime(session.authenticatedAt),
    idleExpiresAt: isoTime(session.idleExpiresAt),
    expiresAt: isoTime(session.expiresAt),
    ipAddress,
    userAgent,
    deviceName,
    endedAt: endedAt === null ? null : isoTime(endedAt),
    endReason,
    endedBy,
  };
}
