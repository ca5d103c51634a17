import type { RequestOrigin } from '../audit/event.ts';
import { sessionLimitReached } from '../errors/refusal.ts';
import { endSessions } from './end-sessions.ts';
import { liveSessions } from './revoke-sessions.ts';
import type { SessionLimit } from './services.ts';
import type { SessionTransaction } from './store.ts';

/**
 * Makes room for one more session of a user whose row `tx` holds, so that concurrent logins never exceed the limit (ASVS
 * V7.1.2).
 *
 * @throws Refusal SESSION_LIMIT under the policy `refuse`
 */
export async function makeRoom(
  tx: SessionTransaction,
  userId: string,
  limit: SessionLimit | undefined,
  origin: RequestOrigin,
): Promise<void> {
  if (limit === undefined) return;
  const live = await liveSessions(tx, userId);
  const excess = live.length + 1 - limit.perUser;
  if (excess <= 0) return;
  if (limit.policy === 'refuse') throw sessionLimitReached(limit.perUser);
  const leastRecentlyUsed = live.sort((a, b) => a.lastSeenAt - b.lastSeenAt || (a.id < b.id ? -1 : 1));
  await endSessions(tx, leastRecentlyUsed.slice(0, excess), 'SESSION_LIMIT', { actorId: userId, ...origin });
}
