import { askInTurn, type Core } from './core.ts';
import { LOGOUT } from './documents.ts';
import { asRefusal } from './portcullis-error.ts';

/** Here and in every tab at once; then the server is told, or later by `tellLogout`. */
export async function logOut(core: Core): Promise<void> {
  const { mark, state, transport } = core;
  state.signOut(mark.begin(true));
  // Where the store fails, the sign-out holds for the life of this app.
  await transport.markLogout().catch(() => undefined);
  await tellLogout(core);
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
      if (input) await askInTurn(core, LOGOUT, input, { keepalive: true });
      await transport.forget();
      mark.settleLogout();
      state.reach();
    } catch (error) {
      if (!state.current().signedIn) state.fail(asRefusal(error));
    }
  });
}
