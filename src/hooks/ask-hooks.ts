import type { User } from '../accounts/user.ts';
import type { RequestOrigin } from '../audit/event.ts';
import { loginVetoed, type Refusal, unavailable } from '../errors/refusal.ts';
import { inTime } from '../in-time.ts';
import { type ExtraClaims, extraClaims, NO_CLAIMS } from '../tokens/extra-claims.ts';
import type { AskedHooks, HookUser, PendingLogin } from './hooks.ts';

/** Milliseconds that a request waits for a hook. */
const LONGEST = 3_000;

type Asked = Pick<User, 'id' | 'email' | 'roles'>;

/** What `beforeLogin` is told of a request; there is more in it, which is nobody's to know. */
interface LoginRequest {
  readonly deviceName: string | null;
  readonly origin: RequestOrigin;
}

/**
 * @returns the veto; undefined: nobody objects
 * @throws Refusal UNAVAILABLE
 */
export async function askBeforeLogin(
  hooks: AskedHooks,
  operation: PendingLogin['operation'],
  user: Asked,
  { deviceName, origin: { ipAddress, userAgent } }: LoginRequest,
): Promise<Refusal | undefined> {
  if (hooks.beforeLogin === undefined) return undefined;
  const login = { operation, user: hookUser(user), deviceName, ipAddress, userAgent };
  const reason = await ask('beforeLogin', async () => readVerdict(await hooks.beforeLogin?.(login)));
  return reason === undefined ? undefined : loginVetoed(reason);
}

/** @throws Refusal UNAVAILABLE */
export async function askClaims(hooks: AskedHooks, user: Asked, sessionId: string): Promise<ExtraClaims> {
  if (hooks.claims === undefined) return NO_CLAIMS;
  const holder = { user: hookUser(user), session: { id: sessionId } };
  return ask('claims', async () => extraClaims(await hooks.claims?.(holder)));
}

/** Whether they were told of the account, so that what they said is void when it changes. */
export function wereAsked({ beforeLogin, claims }: AskedHooks): boolean {
  return beforeLogin !== undefined || claims !== undefined;
}

async function ask<T>(name: keyof AskedHooks, question: () => Promise<T>): Promise<T> {
  try {
    return await inTime(question(), LONGEST);
  } catch (error) {
    throw unavailable(new Error(`The hook ${name} failed.`, { cause: error }));
  }
}

/** What is no verdict, such as `false`, may have been meant as a veto. */
function readVerdict(verdict: unknown): string | undefined {
  if (verdict === undefined || verdict === null) return undefined;
  const veto = typeof verdict === 'object' ? ('veto' in verdict ? verdict.veto : undefined) : verdict;
  if (typeof verdict === 'object' && (veto === undefined || (typeof veto === 'string' && veto !== '')))
    return veto;
  throw new Error('beforeLogin must return nothing, or { veto: reason }.');
}

function hookUser({ id, email, roles }: Asked): HookUser {
  return { id, email: email ?? '', roles: [...roles] };
}
