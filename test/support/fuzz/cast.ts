import { basename } from 'node:path';
import { type Account, DELETE_USER, newAdmin, SET_ROLES, SET_STATUS } from '../administration.ts';
import { Browser } from '../browser.ts';
import { bearer, LOGOUT, login, REGISTER, registerUser, send, type Tokens } from '../client.ts';
import { consoleScript } from '../console.ts';
import { idBytes, type TestDatabase } from '../databases.ts';
import { forgeries } from '../forgeries.ts';
import { forgingKit } from '../forging-kit.ts';

/** As many names as generators may use; where there are fewer forgeries they come round again. */
export const FORGED_NAMES = 200;

/** Milliseconds after which a cast signs in anew: before `maxAge` of the fields for admins is over. */
const FRESH_FOR = 600_000;

/** A live account that the requests may use, and may ruin. */
interface Actor {
  readonly tokens: Tokens;
  readonly admin: boolean;
  readonly createdAt: number;
  /** What must not have changed, or the actor is not what its name says. */
  readonly state: string;
}

/** Where the server answers, and what it takes for its own page. */
export interface Stage {
  readonly url: string;
  readonly origin: string;
  readonly cookieName: string;
}

/**
 * Who stands behind the names in the requests: accounts and sessions, live and ended, and every token that somebody
 * may try. What requests ruin is made anew before the next one.
 */
export class Cast {
  readonly #names = new Map<string, string>();
  readonly #actors = new Map<string, Actor>();
  #fresh = 0;

  constructor(
    private readonly stage: Stage,
    private readonly database: TestDatabase,
  ) {}

  /** Those who stay as they are: ended, suspended, deleted, demoted, forged. */
  async assemble(): Promise<void> {
    const { url, origin, cookieName } = this.stage;
    this.#name('', { origin, cookie: cookieName });
    this.#name('console.', { script: basename(consoleScript()) });
    await this.mend();
    await this.#nameDead();
    const kit = await forgingKit(this.database, (await registerUser(url)).accessToken);
    const forged = (await forgeries(kit)).filter(({ sendable }) => sendable);
    for (let n = 0; n < FORGED_NAMES; n++) {
      const token = forged[n % forged.length]?.token;
      if (token !== undefined) this.#names.set(`forged.${n}`, token);
    }
  }

  /** Makes anew whoever was signed out, suspended, deleted or otherwise changed. */
  async mend(): Promise<void> {
    const states = await this.#states();
    for (const [name, make] of Object.entries(this.#makers)) {
      const actor = this.#actors.get(name);
      const sound = actor !== undefined && states.get(actor.tokens.sessionId) === actor.state;
      if (!sound || performance.now() - actor.createdAt > FRESH_FOR) await this.#enter(name, make);
    }
  }

  /** Lets nobody's access token count any more, since it may not: the next `mend` makes all live ones anew. */
  dismiss(): void {
    this.#actors.clear();
  }

  /** Replaces every name by what it stands for; `<fresh>` by a word that was never used before. */
  readonly resolve = (template: string): string =>
    template.replace(/<([a-z]+(?:\.[a-z\d]+)?)>/g, (whole, name: string) => {
      if (name !== 'fresh') return this.#names.get(name) ?? whole;
      this.#fresh += 1;
      return `n${this.#fresh}x${Date.now().toString(36)}`;
    });

  /** Whose access token this is, if the server may accept it. */
  holderOf(accessToken: string): { userId: string; admin: boolean } | undefined {
    const actor = [...this.#actors.values()].find(({ tokens }) => tokens.accessToken === accessToken);
    return actor && { userId: actor.tokens.userId, admin: actor.admin };
  }

  readonly #makers: Readonly<Record<string, () => Promise<Account>>> = {
    user: () => registerUser(this.stage.url),
    other: () => registerUser(this.stage.url),
    admin: async () => newAdmin(this.stage.url, await login(this.stage.url)),
    browser: () => this.#registerPage(),
  };

  async #enter(name: string, make: () => Promise<Account>): Promise<void> {
    const account = await make();
    this.#nameAccount(name, account);
    const state = (await this.#states([account.sessionId])).get(account.sessionId) ?? '';
    const admin = name === 'admin';
    this.#actors.set(name, { tokens: account, admin, state, createdAt: performance.now() });
  }

  /** A page in a browser; its refresh token is in the jar alone. */
  async #registerPage(): Promise<Account> {
    const account = {
      email: `${this.resolve('<fresh>')}@example.com`,
      password: 'correct horse battery page',
    };
    const page = new Browser(this.stage.url, this.stage.origin);
    const { data } = await page.send(REGISTER, { input: account });
    const refreshToken = page.cookie.slice(page.cookie.indexOf('=') + 1);
    const { accessToken, session, user } = data.register;
    return { ...account, accessToken, refreshToken, sessionId: session.id, userId: user.id };
  }

  /** All of them were admins: whoever lets one in again gives away everything. */
  async #nameDead(): Promise<void> {
    const { url } = this.stage;
    const operator = await login(url);
    const as = bearer(operator.accessToken);
    const end: Record<string, (tokens: Tokens) => Promise<unknown>> = {
      ended: ({ refreshToken }) => send(url, LOGOUT, { input: { refreshToken } }),
      suspended: ({ userId }) => send(url, SET_STATUS, { userId, status: 'SUSPENDED' }, as),
      deleted: ({ userId }) => send(url, DELETE_USER, { userId }, as),
      stale: ({ userId }) => send(url, SET_ROLES, { userId, roles: ['USER'] }, as),
    };
    for (const [name, ending] of Object.entries(end)) {
      const account = await newAdmin(url, operator);
      await ending(account);
      this.#nameAccount(name, account);
    }
  }

  #nameAccount(name: string, account: Account): void {
    const { accessToken, refreshToken, sessionId, userId, email, password } = account;
    this.#name(`${name}.`, { access: accessToken, refresh: refreshToken, email, password });
    this.#name(`${name}.`, { id: userId, session: sessionId });
    this.#name(`${name}.`, { cut: refreshToken.slice(0, -1), tampered: tampered(refreshToken) });
    this.#name(`${name}.`, { shortened: accessToken.slice(0, -2), altered: tampered(accessToken) });
  }

  #name(prefix: string, names: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(names)) this.#names.set(prefix + name, value);
  }

  async #states(sessionIds = this.#sessionIds()): Promise<Map<string, string>> {
    const states = new Map<string, string>();
    for (const id of sessionIds) {
      const [row] = await this.database.query(
        'SELECT s.ended_at, u.status, u.roles, u.token_version, u.password_hash FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = ?',
        [idBytes(id)],
      );
      states.set(id, JSON.stringify(row));
    }
    return states;
  }

  #sessionIds(): string[] {
    return [...this.#actors.values()].map(({ tokens }) => tokens.sessionId);
  }
}

/** Another character a third from the end: well-formed, and not what was issued. */
function tampered(token: string): string {
  const at = token.length - 20;
  return token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
}
