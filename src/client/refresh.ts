import { askForGrant, type Core } from './core.ts';
import { REFRESH } from './documents.ts';
import type { Grant } from './grant.ts';
import { asRefusal, PortcullisError } from './portcullis-error.ts';
import { pause } from './within.ts';

/** Milliseconds of waiting by which somebody else held the turn, and those that their message may take to us. */
const WAITED_MS = 15;
const MESSAGE_MS = 30;

/**
 * The one refresh of this tab: whoever asks while it is under way gets its outcome.
 *
 * @returns what is held then; undefined when somebody signed out meanwhile
 * @throws PortcullisError UNAUTHENTICATED: signed out; any other code: as signed in as before
 */
export type Refresh = () => Promise<Grant | undefined>;

export function refreshOnce(core: Core): Refresh {
  let flight: ReturnType<Refresh> | undefined;
  return () => {
    flight ??= refreshInTurn(core).finally(() => {
      flight = undefined;
    });
    return flight;
  };
}

/** What another tab got while this one waited is as good. */
async function refreshInTurn(core: Core): ReturnType<Refresh> {
  const { page, state, turn } = core;
  const before = state.grant();
  const asked = page.now();
  return turn(async () => {
    if (page.now() - asked > WAITED_MS) await pause(MESSAGE_MS);
    if (state.grant() === before) await refresh(core);
    return state.grant();
  });
}

async function refresh(core: Core): Promise<void> {
  const { mark, state, transport } = core;
  const epoch = mark.epoch();
  try {
    if (!mark.isLogoutPending() && (await transport.isLogoutMarked())) mark.begin(true);
    if (!takeOverLogout(core)) await exchange(core, epoch);
  } catch (error) {
    const refusal = asRefusal(error);
    if (mark.epoch() !== epoch) return;
    // Only the server signs people out. A network that fails, or a server that cannot tell, does not.
    if (refusal.code === 'UNAUTHENTICATED') {
      await transport.forget();
      state.end(refusal, epoch);
    } else state.fail(refusal);
    throw refusal;
  }
}

/** @returns whether this browser has signed out, of which the server does not know yet */
export function takeOverLogout({ mark, state }: Core): boolean {
  const pending = mark.isLogoutPending();
  if (pending) state.hear({ epoch: mark.epoch(), ending: {} });
  return pending;
}

/** An answer of before a sign-in or sign-out is dropped: it must not undo what is newer. */
async function exchange(core: Core, epoch: number): Promise<void> {
  const { mark, state, transport } = core;
  const input = await transport.input();
  if (!input)
    throw new PortcullisError('Nobody is signed in.', { code: 'UNAUTHENTICATED', reason: 'MISSING' });
  const { grant, refreshToken } = await askForGrant(core, REFRESH, input);
  if (mark.epoch() === epoch) await transport.keep(refreshToken);
  if (mark.epoch() !== epoch) return;
  // Of another session than this tab knew of: whatever happened, that is a sign-in.
  const isOther = state.grant() && state.grant()?.session.id !== grant.session.id;
  state.accept(grant, isOther ? mark.begin(false) : epoch);
}
