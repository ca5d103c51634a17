import type { AuditEvent } from '../audit/event.ts';

/** Who acts at the command line, as the security log has it: no user, and no request. */
export const OPERATOR = { actorId: null, ipAddress: null, userAgent: null };

export function isOperator({ actorId, ipAddress, userAgent }: AuditEvent): boolean {
  return actorId === null && ipAddress === null && userAgent === null;
}
