import { askInTurn, type Core, readGrant } from './core.ts';
import { LOGOUT } from './documents.ts';
import type { ClientState } from './types.ts';

/**
 * Login and register.
 *
 * @throws PortcullisError the refusal; who was signed in stays so
 */
export function logIn(core: Core, query: string, details: object): Promise<ClientState> {
  const { mark, page, state, transport, turn } = core;
  return turn(async () => {
    const epoch = mark.epoch();
    const since = page.now();
    const input = { ...details, transport: transport.kind };
    const data = await askInTurn(core, { query, variables: { input } });
    const { payload } = readGrant(data, since, epoch);
    await endFormer(core);
    await transport.keep(payload.refreshToken);
    if (mark.epoch() !== epoch && mark.isLogoutPending()) await transport.markLogout();
    else state.accept(readGrant(data, since, mark.begin(false)).grant);
    return state.current();
  });
}

/** A native app's; a browser's ends by its cookie, which the login carried. */
async function endFormer(core: Core): Promise<void> {
  const input = await core.transport.input();
  if (input?.refreshToken)
    await askInTurn(core, { query: LOGOUT, variables: { input } }).catch(() => undefined);
}
