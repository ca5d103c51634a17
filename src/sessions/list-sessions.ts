import { badUserInput } from '../errors/refusal.ts';
import type { SessionServices } from './services.ts';
import type { Session } from './session.ts';

export const LARGEST_LIST = 500;

/**
 * The live sessions of a user, newest use first, at most `first`; the caller's own is always among them.
 *
 * @throws Refusal BAD_USER_INPUT
 */
export async function listSessions(
  services: Pick<SessionServices, 'store' | 'clock'>,
  caller: { userId: string; sessionId: string },
  first: number,
): Promise<Session[]> {
  if (first < 1 || first > LARGEST_LIST) {
    throw badUserInput(
      'first',
      'OUT_OF_RANGE',
      `first must be between 1 and ${LARGEST_LIST}; it is ${first}.`,
    );
  }
  const listed = await services.store.live(caller.userId, services.clock.now(), first);
  if (listed.some((session) => session.id === caller.sessionId)) return listed;
  const current = await services.store.find(caller.sessionId);
  return current === undefined ? listed : [...listed.slice(0, first - 1), current];
}
