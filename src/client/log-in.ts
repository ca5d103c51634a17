import { askForGrant, askInTurn, type Core } from './core.ts';
import { LOGOUT } from './documents.ts';
import type { ClientState } from './types.ts';

/**
 * Login and register.
 *
 * @throws PortcullisError the refusal; who was signed in stays so
 */
export function logIn(core: Core, query: string, details: object): Promise<ClientState> {
  const { mark, state, transport, turn } = core;
  return turn(async () => {
    const epoch = mark.epoch();
    const { grant, refreshToken } = await askForGrant(core, query, { ...details, transport: transport.kind });
    await endFormer(core);
    await transport.keep(refreshToken);
    // Somebody has signed out since: that is what the server will be told.
    if (mark.epoch() !== epoch && mark.isLogoutPending()) await transport.markLogout();
    else state.accept(grant, mark.begin(false));
    return state.current();
  });
}

/** A native app's; a browser's ends by its cookie, which the login carried. */
async function endFormer(core: Core): Promise<void> {
  const input = await core.transport.input();
  if (input?.refreshToken) await askInTurn(core, LOGOUT, input).catch(() => undefined);
}
