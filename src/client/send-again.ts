import type { Core } from './core.ts';
import { claimsOf, endOf, type Grant } from './grant.ts';
import { asRefusal, type PortcullisError } from './portcullis-error.ts';
import type { Refresh } from './refresh.ts';
import type { Attempt, MaybePromise } from './types.ts';

/** Milliseconds before its end from which on a token is not sent any more, and the part of its life at most. */
const MARGIN_MS = 5_000;
const MARGIN = 0.1;

/** @returns whether a newer token than the refused one is held now, so that the operation is worth sending again */
export type Mend = (refusal: PortcullisError, refused: string | undefined) => Promise<boolean>;

/** @returns one that is good for now; undefined when signed out */
export async function freshToken(core: Core, refresh: Refresh): Promise<string | undefined> {
  const { page, state } = core;
  const held = state.grant();
  const margin = held ? Math.min(MARGIN_MS, held.expiresIn * 1_000 * MARGIN) : 0;
  const wanting = held ? page.now() > endOf(held) - margin : state.current().status === 'restoring';
  if (wanting) await refresh().catch((error) => goOnWithout(core, held, asRefusal(error)));
  return state.grant()?.accessToken;
}

/** Nobody was signed in: no error. The token has some seconds yet: it will do. */
function goOnWithout({ page, state }: Core, held: Grant | undefined, error: PortcullisError): void {
  if (held === undefined && error.code === 'UNAUTHENTICATED') return;
  if (held === undefined || state.grant() !== held || page.now() > endOf(held)) throw error;
}

/**
 * Sends an operation, and again after each of `mends` that helped, once: there is no loop here, whatever the server
 * answers.
 */
export async function sendAgain<TAnswer>(
  core: Core,
  attempt: Attempt<TAnswer>,
  refusalOf: (answer: TAnswer) => MaybePromise<PortcullisError | undefined>,
  mends: readonly Mend[],
  token: string | undefined,
): Promise<TAnswer> {
  const answer = await attempt(token);
  const refusal = await refusalOf(answer);
  if (refusal === undefined) return answer;
  if (refusal.reason === 'SESSION_ENDED') endSession(core, refusal, token);
  for (const [index, mend] of mends.entries()) {
    if (await mend(refusal, token)) {
      const newer = core.state.grant()?.accessToken;
      return sendAgain(core, attempt, refusalOf, mends.slice(index + 1), newer);
    }
  }
  return answer;
}

/** Of another session than the one that is held it says nothing: a newer login stays. */
function endSession({ state }: Core, refusal: PortcullisError, token: string | undefined): void {
  const held = state.grant();
  if (token !== undefined && held?.session.id === claimsOf(token).sid) state.end(refusal, state.epoch());
}

/** A newer token, where a newer one helps: an ended session has none. */
export function renewing({ state }: Core, refresh: Refresh): Mend {
  return async ({ code, reason }, refused) => {
    if (code !== 'UNAUTHENTICATED' || reason === 'SESSION_ENDED') return false;
    if (state.grant()?.accessToken === refused && state.current().status !== 'signedOut') await refresh();
    const held = state.grant();
    return held !== undefined && held.accessToken !== refused;
  };
}
