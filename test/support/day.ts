import { CHANGE_PASSWORD, REAUTHENTICATE } from './administration.ts';
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
import { forgingKit } from './forging-kit.ts';
import { ADMIN, SECRET } from './server.ts';

/** Something that must stay between the server and its client, under the name by which a test reports it. */
export interface Secret {
  readonly name: string;
  /** In every form that it has: as text, and as the bytes that the text stands for. */
  readonly forms: readonly Buffer[];
}

/** Plays what clients do in a day, in both transports, right and wrong, and keeps every secret that was used or issued. */
export class Day {
  readonly #secrets = new Map<string, Secret>();
  #accessToken = '';

  constructor(
    private readonly url: string,
    private readonly database: TestDatabase,
  ) {}

  get secrets(): readonly Secret[] {
    return [...this.#secrets.values()];
  }

  async play(): Promise<void> {
    this.#keep('PORTCULLIS_SECRET', SECRET, Buffer.from(SECRET, 'base64'));
    this.#keep('password of the first admin', ADMIN.password);
    await this.#nativeClient('day-native@example.com', 'a native client all day');
    await this.#browser('day-browser@example.com', 'a browser on the same day');
    await this.#admin();
    const { jwk } = await forgingKit(this.database, this.#accessToken);
    this.#keep('private key', jwk.d, Buffer.from(jwk.d, 'base64url'));
  }

  async #nativeClient(email: string, password: string): Promise<void> {
    const account = { email, password, transport: 'BODY' };
    const first = await this.#ask(REGISTER, { input: account });
    const token = first.data.register.refreshToken;
    const second = await this.#ask(REFRESH, { input: { refreshToken: token } });
    await this.#ask(REFRESH, { input: { refreshToken: token } }, { 'user-agent': 'Elsewhere/1.0' });
    await this.#ask(LOGIN, { input: { ...account, password: `${password}, mistyped` } });
    await this.#ask(LOGIN, { input: { ...account, email: password } });
    await this.#ask(LOGIN, { input: { ...account, email: `nobody-${email}` } });
    await this.#ask(REGISTER, { input: account });
    const other = await this.#ask(LOGIN, { input: { ...account, deviceName: 'other' } });
    const as = bearer(second.data.refresh.accessToken);
    for (const query of [ME, MY_SESSIONS, REVOKE_OTHERS]) await this.#ask(query, {}, as);
    await this.#ask(REVOKE_SESSION, { id: other.data.login.session.id }, as);
    await this.#ask(ME, {}, bearer(other.data.login.accessToken));
    await this.#account(password, as);
    await this.database.age(first.data.register.session.id, 31_000);
    await this.#ask(REFRESH, { input: { refreshToken: second.data.refresh.refreshToken } });
    await this.#ask(REFRESH, { input: { refreshToken: token } });
    await this.#ask(LOGOUT, { input: { refreshToken: token } });
  }

  /** Proves the password and changes it, once wrong and once right; the one there was comes back. */
  async #account(password: string, as: Record<string, string>): Promise<void> {
    for (const tried of [`${password}, misremembered`, password]) {
      this.#keep(`password ${tried}`, tried);
      await this.#ask(REAUTHENTICATE, { password: tried }, as);
    }
    const next = `${password}, the next one`;
    this.#keep(`password ${next}`, next);
    const wrong = { currentPassword: next, newPassword: next };
    await this.#ask(CHANGE_PASSWORD, { input: wrong }, as);
    const right = { currentPassword: password, newPassword: next };
    const { accessToken } = (await this.#ask(CHANGE_PASSWORD, { input: right }, as)).data.changePassword;
    const back = { currentPassword: next, newPassword: password };
    await this.#ask(CHANGE_PASSWORD, { input: back }, bearer(accessToken));
  }

  async #browser(email: string, password: string): Promise<void> {
    const page = new Browser(this.url);
    const input = { email, password };
    const ask = async (query: string, variables: object = {}) => {
      const answer = await page.send(query, variables);
      this.#collect(answer, variables);
      if (page.refreshToken !== undefined) this.#keepRefreshToken(page.refreshToken);
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
    await this.#ask(REVOKE_ALL, { userId: user.id }, bearer(accessToken));
    await this.#ask(ME, {}, bearer(accessToken));
    await this.#ask('mutation ($input: Wrong!) { login(input: $input) { accessToken } }', { input });
    await this.#ask(LOGIN, { input: { ...input, unknown: true } });
  }

  async #ask(query: string, variables: object = {}, headers: Record<string, string> = {}): Promise<Answer> {
    const answer = await send(this.url, query, variables, headers);
    this.#collect(answer, variables);
    return answer;
  }

  #collect({ data }: Answer, variables: { input?: { password?: string } }): void {
    const password = variables.input?.password;
    if (password !== undefined) this.#keep(`password ${password}`, password);
    const payload = Object.values<{ accessToken?: string; refreshToken?: string } | null>(data ?? {})[0];
    if (payload?.accessToken) this.#keepAccessToken(payload.accessToken);
    if (payload?.refreshToken) this.#keepRefreshToken(payload.refreshToken);
  }

  #keepAccessToken(token: string): void {
    this.#accessToken = token;
    const signature = token.split('.')[2] ?? '';
    this.#keep(`access token …${token.slice(-8)}`, token, Buffer.from(signature, 'base64url'));
  }

  /** Of its bytes the MAC alone is secret: session id, generation and branch stand in the row. */
  #keepRefreshToken(token: string): void {
    const mac = Buffer.from(token.slice(4), 'base64url').subarray(-32);
    this.#keep(`refresh token …${token.slice(-8)}`, token, mac);
  }

  #keep(name: string, text: string, bytes?: Buffer): void {
    this.#secrets.set(text, { name, forms: [Buffer.from(text), ...(bytes ? [bytes] : [])] });
  }
}

/** The names of those secrets that stand in the haystack: as they are, in hexadecimal, or in base64 at any offset. */
export function found(secrets: readonly Secret[], haystack: Buffer): string[] {
  const text = haystack.toString('latin1');
  const folded = text.toLowerCase();
  return secrets
    .filter(({ forms }) =>
      forms.some(
        (form) =>
          haystack.includes(form) ||
          folded.includes(form.toString('hex')) ||
          base64Spellings(form).some((spelling) => text.includes(spelling)),
      ),
    )
    .map(({ name }) => name);
}

function base64Spellings(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    // What neighbouring bytes would change is cut off at both ends.
    const inner = encoded.slice(offset === 0 ? 0 : 4, -4);
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
