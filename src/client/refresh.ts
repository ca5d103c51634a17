import { askInTurn, asRefusal, type Core, readGrant } from './core.ts';
import { REFRESH } from './documents.ts';
import type { Grant } from './grant.ts';
import { PortcullisError } from './portcullis-error.ts';
import { pause } from './take-turn.ts';

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
    return state.grant() === before ? refresh(core) : state.grant();
  });
}

async function refresh(core: Core): ReturnType<Refresh> {
  const { mark, state, transport } = core;
  const epoch = mark.epoch();
  try {
    if (!mark.isLogoutPending() && (await transport.isLogoutMarked())) mark.begin(true);
    if (!takeOverLogout(core)) await exchange(core, epoch);
  } catch (error) {
    if (mark.epoch() === epoch) await giveWay(core, asRefusal(error), epoch);
  }
  return state.grant();
}

/** @returns whether this browser has signed out, of which the server does not know yet */
export function takeOverLogout({ mark, state }: Core): boolean {
  if (!mark.isLogoutPending()) return false;
  state.hear({ ending: {}, epoch: mark.epoch(), sessionId: undefined });
  return true;
}

/** An answer of before a sign-in or sign-out is dropped: it must not undo what is newer. */
async function exchange(core: Core, epoch: number): Promise<void> {
  const { mark, page, state, transport } = core;
  const input = await transport.input();
  if (!input)
    throw new PortcullisError('There is no session.', { code: 'UNAUTHENTICATED', reason: 'MISSING' });
  const since = page.now();
  const data = await askInTurn(core, { query: REFRESH, variables: { input } });
  const { payload, grant } = readGrant(data, since, epoch);
  if (mark.epoch() !== epoch) return;
  await transport.keep(payload.refreshToken);
  if (mark.epoch() !== epoch) return;
  state.accept(isOtherSession(core, grant) ? readGrant(data, since, mark.begin(false)).grant : grant);
}

/** The cookie is of another session than this tab knew of: whatever happened, that is a sign-in. */
function isOtherSession({ state }: Core, grant: Grant): boolean {
  const held = state.grant();
  return held !== undefined && held.session.id !== grant.session.id;
}

/** Only the server signs people out. A network that fails, or a server that cannot tell, does not. */
async function giveWay({ state, transport }: Core, refusal: PortcullisError, epoch: number): Promise<never> {
  if (refusal.code === 'UNAUTHENTICATED') {
    await transport.forget();
    state.end(refusal, epoch);
  } else state.fail(refusal);
  throw refusal;
}
