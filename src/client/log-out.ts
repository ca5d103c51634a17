import { askInTurn, asRefusal, type Core } from './core.ts';
import { LOGOUT } from './documents.ts';

/** Here and in every tab at once; then the server is told, or later by `tellLogout`. */
export async function logOut(core: Core): Promise<void> {
  core.state.signOut(core.mark.begin(true));
  try {
    await core.transport.markLogout();
  } finally {
    await tellLogout(core);
  }
}

/** Tells the server of a logout that it does not know of yet. Never rejects: it stays marked. */
export async function tellLogout(core: Core): Promise<void> {
  const { mark, state, transport, turn } = core;
  if (!mark.isLogoutPending()) return;
  await turn(async () => {
    if (!mark.isLogoutPending()) return;
    try {
      const input = await transport.input();
      // It has to arrive even when the page is left at this moment.
      if (input) await askInTurn(core, { query: LOGOUT, variables: { input } }, { keepalive: true });
      await transport.forget();
      mark.settleLogout();
      state.reach();
    } catch (error) {
      if (state.current().status === 'signedOut') state.fail(asRefusal(error));
    }
  });
}
