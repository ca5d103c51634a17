import { setTimeout as sleep } from 'node:timers/promises';
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
  REVOKE_OTHERS,
  registerUser,
  send,
  type Tokens,
} from './client.ts';

/** How long a fault of a minute lasts, in milliseconds: shorter in `npm test`. */
export const OUTAGE = Number(process.env['OUTAGE_SECONDS'] ?? 2) * 1_000;

/** An answer, and how long it took in milliseconds. */
export interface Timed {
  readonly name: string;
  readonly answer: Answer;
  readonly took: number;
}

/** A user with a page in a browser and a native client. */
export class Victim {
  private constructor(
    private readonly url: string,
    readonly user: Tokens & { readonly email: string; readonly password: string },
    readonly page: Browser,
  ) {}

  static async signIn(url: string): Promise<Victim> {
    const user = await registerUser(url);
    const page = new Browser(url);
    await page.send(LOGIN, { input: { email: user.email, password: user.password } });
    return new Victim(url, user, page);
  }

  /** What only a caller who is confirmed gets. */
  askProtected(): Promise<Timed[]> {
    const as = bearer(this.user.accessToken);
    return timedAll({
      me: () => send(this.url, ME, {}, as),
      mySessions: () => send(this.url, MY_SESSIONS, {}, as),
      revokeOtherSessions: () => send(this.url, REVOKE_OTHERS, {}, as),
      'logout by bearer': () => send(this.url, LOGOUT, {}, as),
    });
  }

  /** What is open to everybody. */
  async askOpen(): Promise<Timed[]> {
    const { email, password } = this.user;
    const stranger = { email: `stranger-${Math.random()}@example.com`, password };
    const others = timedAll({
      login: () => send(this.url, LOGIN, { input: { email, password } }),
      register: () => send(this.url, REGISTER, { input: stranger }),
      'logout by cookie': () => this.page.send(LOGOUT),
    });
    return [...(await this.askRefresh()), ...(await others)];
  }

  askRefresh(): Promise<Timed[]> {
    const { refreshToken } = this.user;
    return timedAll({
      'refresh by cookie': () => this.page.send(REFRESH),
      'refresh in the body': () => send(this.url, REFRESH, { input: { refreshToken } }),
    });
  }

  /** Whether everything that the user holds is still good. */
  async goesOn(): Promise<boolean> {
    const { accessToken, refreshToken } = this.user;
    const answers = [
      await send(this.url, ME, {}, bearer(accessToken)),
      await send(this.url, REFRESH, { input: { refreshToken } }),
      await this.page.send(REFRESH),
    ];
    return answers.every(({ errors }) => errors === undefined);
  }
}

function timedAll(asked: Record<string, () => Promise<Answer>>): Promise<Timed[]> {
  return Promise.all(
    Object.entries(asked).map(async ([name, ask]) => {
      const sent = performance.now();
      const answer = await ask();
      return { name, answer, took: performance.now() - sent };
    }),
  );
}

/** What is wrong with answers to which nothing but UNAVAILABLE within so many milliseconds is right. */
export function violations(answers: readonly Timed[], within: number): string[] {
  return answers.flatMap(({ name, answer, took }) => [
    ...(answer.refusal?.['code'] === 'UNAVAILABLE' ? [] : [`${name}: ${answer.text}`]),
    ...(answer.setCookies.length === 0 ? [] : [`${name} set ${answer.setCookies}`]),
    ...(took <= within ? [] : [`${name} took ${Math.round(took)} ms`]),
  ]);
}

/** Statuses of `/livez` and `/readyz`. */
export async function health(url: string): Promise<number[]> {
  const answers = await Promise.all(['livez', 'readyz'].map((path) => fetch(`${url}/${path}`)));
  return answers.map(({ status }) => status);
}

/** @returns milliseconds until it holds; at most twenty seconds */
export async function timeUntil(condition: () => Promise<boolean>): Promise<number> {
  const begun = performance.now();
  while (!(await condition()) && performance.now() - begun < 20_000) await sleep(50);
  return performance.now() - begun;
}
