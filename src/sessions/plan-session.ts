import { v7 as uuidv7 } from 'uuid';
import type { User } from '../accounts/user.ts';
import type { Refusal } from '../errors/refusal.ts';
import { askBeforeLogin, askClaims } from '../hooks/ask-hooks.ts';
import type { AskedHooks, PendingLogin } from '../hooks/hooks.ts';
import type { ExtraClaims } from '../tokens/extra-claims.ts';
import type { SessionRequest } from './begin-session.ts';

/** A session that nobody objects to. It has its id before its row, since hooks are told of it before anything is locked. */
export interface PlannedSession extends SessionRequest {
  readonly sessionId: string;
  readonly claims: ExtraClaims;
}

/**
 * Asks the hooks about a session that is about to begin.
 *
 * @param user as known before the locks; what the hooks say is void when the account has changed under them
 * @throws Refusal UNAVAILABLE
 */
export async function planSession<Request extends SessionRequest>(
  hooks: AskedHooks,
  operation: PendingLogin['operation'],
  user: Pick<User, 'id' | 'email' | 'roles'>,
  request: Request,
): Promise<{ readonly veto: Refusal } | (Request & PlannedSession)> {
  const veto = await askBeforeLogin(hooks, operation, user, request);
  if (veto !== undefined) return { veto };
  const sessionId = uuidv7();
  return { ...request, sessionId, claims: await askClaims(hooks, user, sessionId) };
}
