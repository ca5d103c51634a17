/** Who acts at the command line, as the security log has it: no user, and no request. */
export const OPERATOR = { actorId: null, ipAddress: null, userAgent: null };
