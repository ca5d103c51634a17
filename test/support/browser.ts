import { type Answer, send } from './client.ts';

export interface SetCookie {
  readonly name: string;
  readonly value: string;
  /** By lower-case name; a flag is the empty text. */
  readonly attributes: Readonly<Record<string, string>>;
}

export function parseSetCookie(text: string): SetCookie {
  const [pair = '', ...rest] = text.split(';').map((part) => part.trim());
  const cut = (part: string): [string, string] => {
    const at = part.indexOf('=');
    return at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
  };
  const [name, value] = cut(pair);
  const attributes = rest.map(cut).map(([key, word]) => [key.toLowerCase(), word] as const);
  return { name, value, attributes: Object.fromEntries(attributes) };
}

/** A page in a browser: it names its origin and keeps the cookies that it is given (RFC 6265 §5.3). */
export class Browser {
  readonly #cookies = new Map<string, string>();

  constructor(
    private readonly url: string,
    readonly origin: string = new URL(url).origin,
  ) {}

  /** The `Cookie` header of its next request; empty: none. */
  get cookie(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** The refresh token that only the jar holds. */
  get refreshToken(): string | undefined {
    return this.#cookies.get('refresh_token');
  }

  /** Puts a cookie back as it was, as a thief or a restored profile would. */
  plant(cookie: string): void {
    const at = cookie.indexOf('=');
    this.#cookies.set(cookie.slice(0, at), cookie.slice(at + 1));
  }

  async send(query: string, variables: object = {}, headers: Record<string, string> = {}): Promise<Answer> {
    const cookie: Record<string, string> = this.cookie === '' ? {} : { cookie: this.cookie };
    const answer = await send(this.url, query, variables, { origin: this.origin, ...cookie, ...headers });
    for (const text of answer.setCookies) this.#keep(parseSetCookie(text));
    return answer;
  }

  #keep({ name, value, attributes }: SetCookie): void {
    if (Number(attributes['max-age'] ?? 1) <= 0) this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}
