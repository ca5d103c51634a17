import { readGrant } from './core.ts';
import { CHANGE_PASSWORD, LOGIN, REAUTHENTICATE, REGISTER } from './documents.ts';
import { fetchWithToken } from './fetch-with-token.ts';
import { secondsTo } from './grant.ts';
import { keepFresh } from './keep-fresh.ts';
import { logIn } from './log-in.ts';
import { logOut, tellLogout } from './log-out.ts';
import { openCore } from './open-core.ts';
import { refusalOf } from './portcullis-error.ts';
import { dataOf } from './post.ts';
import { proving } from './prove-again.ts';
import { refreshOnce } from './refresh.ts';
import { restore, untilKnown } from './restore.ts';
import { freshToken, type Mend, renewing, sendAgain } from './send-again.ts';
import type { Attempt, ClientOptions, ClientState, PortcullisClient } from './types.ts';

/** Begins to restore the session at once; see `ready`. */
export function createClient(options: ClientOptions): PortcullisClient {
  const { core, address, close } = openCore(options);
  const { mark, page, post, state } = core;
  const refresh = refreshOnce(core);
  const fresh = keepFresh(core, refresh, () => tellLogout(core));

  const sendWith =
    (...mends: Mend[]): PortcullisClient['send'] =>
    async (attempt, refusalIn) => {
      fresh.touch();
      return sendAgain(core, attempt, refusalIn, mends, await freshToken(core, refresh));
    };
  const renew = renewing(core, refresh);

  /** Mutations that answer with a token of the same session, which is not rotated. */
  const regrant = async (query: string, input: unknown): Promise<ClientState> => {
    const epoch = mark.epoch();
    let since = 0;
    const attempt: Attempt<unknown> = (accessToken) => {
      since = page.now();
      return post({ query, variables: { input }, accessToken });
    };
    const { grant } = readGrant(dataOf(await sendWith(renew)(attempt, refusalOf)), since);
    if (mark.epoch() === epoch && state.grant()?.session.id === grant.session.id) state.accept(grant, epoch);
    return state.current();
  };
  const reauthenticate = (password: string) => regrant(REAUTHENTICATE, password);
  const send = sendWith(renew, proving(core, options.reauthenticate, reauthenticate));
  const logInBy = (query: string, input: object) =>
    logIn(core, query, { deviceName: options.deviceName, ...input });

  void restore(core, refresh);
  return {
    get state() {
      return state.current();
    },
    subscribe: state.subscribe,
    on: state.on,
    ready: () => untilKnown(core),
    login: (input) => logInBy(LOGIN, input),
    register: (input) => logInBy(REGISTER, input),
    logout: () => logOut(core),
    changePassword: (input) => regrant(CHANGE_PASSWORD, input),
    reauthenticate,
    extend: () => refresh().then(state.current),
    timeLeft() {
      const grant = state.grant();
      if (!grant) return undefined;
      const { idleExpiresAt, expiresAt } = grant.session;
      const now = page.now();
      return { idle: secondsTo(idleExpiresAt, grant, now), lifetime: secondsTo(expiresAt, grant, now) };
    },
    request: async <TResult, TVariables>(document: { toString(): string }, variables?: TVariables) => {
      const attempt = (accessToken: string | undefined) =>
        post({ query: document.toString(), variables, accessToken });
      return dataOf(await send(attempt, refusalOf)) as TResult;
    },
    url: address.href,
    fetch: fetchWithToken(page.fetch, send, [address.origin, ...(options.origins ?? [])], page.base),
    accessToken() {
      fresh.touch();
      return freshToken(core, refresh);
    },
    heldToken: () => state.grant()?.accessToken,
    send,
    close() {
      fresh.stop();
      close();
    },
  };
}
