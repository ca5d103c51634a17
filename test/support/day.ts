import {
  ACTIVITY,
  AUDIT_EVENTS,
  CHANGE_PASSWORD,
  DELETE_USER,
  REAUTHENTICATE,
  REVOKE_SESSIONS,
  SESSIONS,
  SET_ROLES,
  SET_STATUS,
  USER,
  USERS,
} from './administration.ts';
import { Browser } from './browser.ts';
import {
  type Answer,
  bearer,
  LOGIN,
  LOGOUT,
  ME,
  MY_SESSIONS,
  REFRESH,
  REGISTER,
  REVOKE_ALL,
  REVOKE_OTHERS,
  REVOKE_SESSION,
  send,
} from './client.ts';
import type { TestDatabase } from './databases.ts';
import { type Account, playMishaps } from './day-mishaps.ts';
import { DayRecord } from './day-record.ts';
import { forgingKit } from './forging-kit.ts';
import { ROTATE_KEY, SIGNING_KEYS } from './keys.ts';
import { ADMIN, SECRET } from './server.ts';

const WINDOW = 31_000;

/** Plays what clients do in a day, in both transports, right and wrong; `record` has what came of it. */
export class Day {
  readonly record = new DayRecord();

  constructor(
    private readonly url: string,
    private readonly database: TestDatabase,
  ) {}

  async play(): Promise<void> {
    this.record.keep('PORTCULLIS_SECRET', SECRET, Buffer.from(SECRET, 'base64'));
    this.record.keep('password of the first admin', ADMIN.password);
    const account = {
      email: 'day-native@example.com',
      password: 'a native client all day',
      transport: 'BODY',
    };
    await this.#nativeClient(account);
    await this.#lostAnswer(account);
    await this.#browser('day-browser@example.com', 'a browser on the same day');
    await this.#admin();
    await playMishaps(this.url, this.record, account);
    const { jwk } = await forgingKit(this.database, this.record.accessToken);
    this.record.keep('private key', jwk.d, Buffer.from(jwk.d, 'base64url'));
  }

  async #nativeClient(account: Account): Promise<void> {
    const { email, password } = account;
    const first = await this.#ask(REGISTER, { input: account });
    const token = first.data.register.refreshToken;
    const second = await this.#ask(REFRESH, { input: { refreshToken: token } });
    await this.#ask(REFRESH, { input: { refreshToken: token } }, { 'user-agent': 'Elsewhere/1.0' });
    await this.#ask(LOGIN, { input: { ...account, password: `${password}, mistyped` } });
    await this.#ask(LOGIN, { input: { ...account, email: password } });
    await this.#ask(LOGIN, { input: { ...account, email: `nobody-${email}` } });
    await this.#ask(REGISTER, { input: account });
    await this.#ask(REGISTER, { input: { ...account, email: `new-${email}`, password: 'portcullis 1' } });
    const other = await this.#ask(LOGIN, { input: { ...account, deviceName: 'other' } });
    const as = bearer(second.data.refresh.accessToken);
    for (const query of [ME, MY_SESSIONS, REVOKE_OTHERS]) await this.#ask(query, {}, as);
    await this.#ask(REVOKE_SESSION, { id: other.data.login.session.id }, as);
    await this.#ask(ME, {}, bearer(other.data.login.accessToken));
    await this.#account(password, as);
    await this.database.age(first.data.register.session.id, WINDOW);
    await this.#ask(REFRESH, { input: { refreshToken: second.data.refresh.refreshToken } });
    await this.#ask(REFRESH, { input: { refreshToken: token } });
    await this.#ask(LOGOUT, { input: { refreshToken: token } });
  }

  /** Proves the password and changes it, once wrong and once right; the one there was comes back. */
  async #account(password: string, as: Record<string, string>): Promise<void> {
    for (const tried of [`${password}, misremembered`, password]) {
      await this.#ask(REAUTHENTICATE, { password: tried }, as);
    }
    const next = `${password}, the next one`;
    const wrong = { currentPassword: next, newPassword: next };
    await this.#ask(CHANGE_PASSWORD, { input: wrong }, as);
    const right = { currentPassword: password, newPassword: next };
    const { accessToken } = (await this.#ask(CHANGE_PASSWORD, { input: right }, as)).data.changePassword;
    const back = { currentPassword: next, newPassword: password };
    await this.#ask(CHANGE_PASSWORD, { input: back }, bearer(accessToken));
  }

  /** The answer of a rotation is lost: its successor becomes a dead branch, whose presentation ends the session. */
  async #lostAnswer(account: Account): Promise<void> {
    const { session, refreshToken } = (await this.#ask(LOGIN, { input: account })).data.login;
    const refresh = async (token: string) =>
      (await this.#ask(REFRESH, { input: { refreshToken: token } })).data?.refresh?.refreshToken;
    const lost = await refresh(refreshToken);
    await this.database.age(session.id, WINDOW);
    await refresh(await refresh(refreshToken));
    await refresh(lost);
  }

  async #browser(email: string, password: string): Promise<void> {
    const page = new Browser(this.url);
    const input = { email, password };
    const ask = async (query: string, variables: object = {}) => {
      this.#keepPasswords(variables);
      this.record.answered(query, await page.send(query, variables), 'COOKIE');
    };
    await ask(REGISTER, { input });
    for (let refresh = 0; refresh < 3; refresh++) await ask(REFRESH);
    await ask(LOGIN, { input: { ...input, rememberMe: false } });
    await ask(LOGIN, { input: { ...input, password: `${password}, mistyped` } });
    await ask(LOGIN, { input: { ...input, transport: 'BODY' } });
    await ask(REFRESH, { input: { refreshToken: page.refreshToken ?? '' } });
    await ask(REFRESH);
    await ask(LOGOUT);
    await ask(LOGOUT);
    await ask(REFRESH);
    await ask(LOGIN, { input });
  }

  async #admin(): Promise<void> {
    const input = { ...ADMIN, transport: 'BODY' };
    const { accessToken, user } = (await this.#ask(LOGIN, { input })).data.login;
    const as = bearer(accessToken);
    const account = { email: 'day-ada@example.com', password: 'an account of that day', transport: 'BODY' };
    const ada = (await this.#ask(REGISTER, { input: account })).data.register;
    const { id: userId } = ada.user;
    await this.#ask(SET_ROLES, { userId, roles: ['USER', 'ADMIN'] }, as);
    await this.#ask(REFRESH, { input: { refreshToken: ada.refreshToken } });
    await this.#ask(SET_STATUS, { userId, status: 'SUSPENDED', reason: 'on this day' }, as);
    await this.#ask(LOGIN, { input: account });
    await this.#ask(SET_STATUS, { userId, status: 'ACTIVE' }, as);
    await this.#ask(LOGIN, { input: account });
    for (const dryRun of [true, false]) await this.#ask(REVOKE_SESSIONS, { filter: { userId }, dryRun }, as);
    await this.#ask(REFRESH, { input: { refreshToken: ada.refreshToken } });
    await this.#ask(USER, { id: userId }, as);
    await this.#ask(DELETE_USER, { userId }, as);
    await this.#ask(LOGIN, { input: account });
    for (const query of [USERS, SESSIONS, AUDIT_EVENTS]) await this.#ask(query, {}, as);
    await this.#ask(SESSIONS, { filter: { includeEnded: true } }, as);
    for (const query of [SIGNING_KEYS, ACTIVITY]) await this.#ask(query, {}, as);
    await this.#ask(ROTATE_KEY, {}, as);
    await this.#ask(REVOKE_ALL, { userId: user.id }, as);
    await this.#ask(ME, {}, as);
    await this.#ask(LOGIN, { input });
  }

  async #ask(query: string, variables: object = {}, headers: Record<string, string> = {}): Promise<Answer> {
    this.#keepPasswords(variables);
    const answer = await send(this.url, query, variables, headers);
    this.record.answered(query, answer, 'BODY');
    return answer;
  }

  #keepPasswords(variables: { password?: string; input?: Record<string, unknown> }): void {
    const { currentPassword, newPassword, password } = variables.input ?? {};
    for (const each of [variables.password, currentPassword, newPassword, password]) {
      if (typeof each === 'string') this.record.keepPassword(each);
    }
  }
}
