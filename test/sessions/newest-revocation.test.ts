import {
  CHANGE_PASSWORD,
  REAUTHENTICATE,
  REVOKE_SESSIONS,
  SET_ROLES,
  SET_STATUS,
} from '../support/administration.ts';
import {
  type Answer,
  bearer,
  login,
  ME,
  REVOKE_ALL,
  REVOKE_OTHERS,
  REVOKE_SESSION,
  refreshWith,
  registerUser,
  send,
  type Tokens,
  tokensOf,
} from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { runServer } from '../support/running.ts';

/** A session as the rules say that it is. */
interface Known {
  tokens: Tokens;
  /** Every access token it was issued, with the version it carries. */
  readonly accessTokens: { readonly token: string; readonly version: number }[];
  endReason: string | undefined;
}

type Step = (user: Simulated) => Promise<void>;

/** A user whose sessions are kept account of beside the server. */
class Simulated {
  version = 1;
  roles = ['USER'];
  readonly sessions: Known[] = [];
  readonly history: string[] = [];

  constructor(
    readonly url: string,
    readonly admin: Tokens,
    readonly email: string,
    readonly userId: string,
    public password: string,
    private readonly random: () => number,
  ) {}

  begin(tokens: Tokens): void {
    const accessTokens = [{ token: tokens.accessToken, version: this.version }];
    this.sessions.push({ tokens, accessTokens, endReason: undefined });
  }

  /** A live session; its freshest access token is good, since it was refreshed. */
  async anyLive(): Promise<Known> {
    const live = this.sessions.filter(({ endReason }) => endReason === undefined);
    const chosen = live[Math.floor(this.random() * live.length)];
    if (chosen === undefined) {
      this.begin(await login(this.url, this));
      return this.anyLive();
    }
    chosen.tokens = tokensOf(await refreshWith(this.url, chosen.tokens.refreshToken), 'refresh');
    chosen.accessTokens.push({ token: chosen.tokens.accessToken, version: this.version });
    return chosen;
  }

  end(reason: string, which: (known: Known) => boolean = () => true): void {
    for (const known of this.sessions.filter(which)) known.endReason ??= reason;
  }

  async asAdmin(query: string, variables: object): Promise<Answer> {
    return served(await send(this.url, query, variables, bearer(this.admin.accessToken)));
  }
}

function served(answer: Answer): Answer {
  if (answer.errors !== undefined) throw new Error(`refused: ${answer.text}`);
  return answer;
}

const STEPS: Readonly<Record<string, Step>> = {
  login: async (user) => user.begin(await login(user.url, user)),
  refresh: async (user) => void (await user.anyLive()),
  reauthenticate: async (user) => {
    const known = await user.anyLive();
    const answer = served(
      await send(user.url, REAUTHENTICATE, { password: user.password }, bearer(known.tokens.accessToken)),
    );
    known.accessTokens.push({
      token: answer.data.reauthenticate.accessToken,
      version: user.version,
    });
  },
  revokeSession: async (user) => {
    const known = await user.anyLive();
    const { sessionId, accessToken } = known.tokens;
    served(await send(user.url, REVOKE_SESSION, { id: sessionId }, bearer(accessToken)));
    user.end('REVOKED_BY_USER', (each) => each === known);
  },
  revokeOtherSessions: async (user) => {
    const known = await user.anyLive();
    served(await send(user.url, REVOKE_OTHERS, {}, bearer(known.tokens.accessToken)));
    user.end('REVOKED_BY_USER', (each) => each !== known);
  },
  revokeAllForUser: async (user) => {
    await user.asAdmin(REVOKE_ALL, { userId: user.userId });
    user.version += 1;
    user.end('REVOKED_BY_ADMIN');
  },
  revokeSessions: async (user) => {
    await user.asAdmin(REVOKE_SESSIONS, { filter: { userId: user.userId }, dryRun: false });
    user.end('REVOKED_BY_ADMIN');
  },
  setUserRoles: async (user) => {
    user.roles = user.roles.length === 1 ? ['USER', 'ADMIN'] : ['USER'];
    await user.asAdmin(SET_ROLES, { userId: user.userId, roles: user.roles });
    user.version += 1;
  },
  suspendAndReactivate: async (user) => {
    await user.asAdmin(SET_STATUS, { userId: user.userId, status: 'SUSPENDED' });
    await user.asAdmin(SET_STATUS, { userId: user.userId, status: 'ACTIVE' });
    user.version += 2;
    user.end('USER_SUSPENDED');
  },
  changePassword: async (user) => {
    const known = await user.anyLive();
    const newPassword = `${user.password}!`;
    const input = { currentPassword: user.password, newPassword };
    const answer = served(await send(user.url, CHANGE_PASSWORD, { input }, bearer(known.tokens.accessToken)));
    user.password = newPassword;
    user.version += 1;
    user.end('PASSWORD_CHANGED', (each) => each !== known);
    known.accessTokens.push({
      token: answer.data.changePassword.accessToken,
      version: user.version,
    });
  },
};

/** So that a sequence that fails can be run again by its seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

onEachDatabase('E3 C9 of global, user and session revocation, in any order, the newest', (database) => {
  const server = runServer(database);

  it.each([1, 2, 3, 4, 5, 6])('always wins, and the first reason stays (sequence %i)', async (seed) => {
    const random = seeded(seed * 7_919);
    const { url } = server();
    const admin = await login(url);
    const { email, password, userId, ...tokens } = await registerUser(url);
    const user = new Simulated(url, admin, email, userId, password, random);
    user.begin({ ...tokens, userId });
    const names = Object.keys(STEPS);
    for (let step = 0; step < 20; step++) {
      const name = names[Math.floor(random() * names.length)] ?? 'login';
      await STEPS[name]?.(user);
      user.history.push(name);
      const expected = user.sessions.flatMap(({ accessTokens, endReason }) =>
        accessTokens.map(({ version }) => endReason ?? (version === user.version ? 'good' : 'STALE')),
      );
      expect({ history: user.history, tokens: await verdicts(url, user) }).toEqual({
        history: user.history,
        tokens: expected,
      });
    }
    for (const { tokens: last, endReason } of user.sessions) {
      const answer = await refreshWith(url, last.refreshToken);
      expect(answer.refusal?.['endReason']).toBe(endReason);
    }
  });
});

/** Of every access token there ever was. */
async function verdicts(url: string, user: Simulated): Promise<unknown[]> {
  const all = user.sessions.flatMap(({ accessTokens }) => accessTokens);
  const answers = await Promise.all(all.map(({ token }) => send(url, ME, {}, bearer(token))));
  return answers.map(({ refusal }) => refusal?.['endReason'] ?? refusal?.['reason'] ?? 'good');
}
