import { type SerializeOptions, serialize } from 'cookie';
import type { RefreshCookie } from '../graphql/request.ts';
import { headerValues } from './raw-headers.ts';
import { RequestRefusal } from './request-refusal.ts';

/** RFC 6265 §4.1.1 cookie-octet: no quotes, no whitespace, no comma, so one spelling for one token. */
const COOKIE_VALUE = /^[!#-+\--:<-[\]-~]*$/;

/** A run of blanks is looked at from its beginning only: from each of its blanks it takes a fifth of a second (SECURITY F5). */
const OUTER_BLANKS = /^[ \t]+|(?<![ \t])[ \t]+$/g;

/**
 * `__Host-`: a browser takes it from this very host over https only, so that no neighbour can plant one (RFC
 * 6265bis §4.1.3.2).
 */
export function refreshCookieName(secure: boolean): string {
  return secure ? '__Host-refresh_token' : 'refresh_token';
}

/**
 * The values that the request's cookies of exactly this name have. Case variants, nameless cookies and names
 * with whitespace around them are other cookies: nothing is trimmed or decoded into ours (cookie tossing).
 */
export function refreshCookieValues(rawHeaders: readonly string[], name: string): readonly string[] {
  return cookiePairs(rawHeaders)
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
}

/**
 * @throws RequestRefusal 400 when it is not plain which cookie is ours: two of the name, a value that no token has
 *   (quoted, encoded otherwise), or `$Version`, which browsers never send and older parsers take for another syntax
 */
export function requirePlainCookie(rawHeaders: readonly string[], values: readonly string[]): void {
  if (values.length === 0) return;
  if (values.length > 1) throw new RequestRefusal(400, 'The refresh cookie came more than once.');
  const legacy = cookiePairs(rawHeaders).some((pair) => /^\$version\b/i.test(pair));
  const plain = values.every((value) => COOKIE_VALUE.test(value));
  if (legacy || !plain) throw new RequestRefusal(400, 'The Cookie header is malformed.');
}

function cookiePairs(rawHeaders: readonly string[]): readonly string[] {
  return headerValues(rawHeaders, 'cookie').flatMap((header) =>
    header.split(';').map((pair) => pair.replace(OUTER_BLANKS, '')),
  );
}

/** The refresh cookie of one exchange; of several changes the last one counts. */
export class RefreshCookieJar implements RefreshCookie {
  readonly presented: string | undefined;
  readonly #name: string;
  #header: string | undefined;

  constructor(
    presented: string | undefined,
    private readonly secure: boolean,
  ) {
    this.presented = presented;
    this.#name = refreshCookieName(secure);
  }

  /** The `Set-Cookie` header of the answer, if it has one. */
  get header(): string | undefined {
    return this.#header;
  }

  get #attributes(): SerializeOptions {
    return { httpOnly: true, secure: this.secure, sameSite: 'strict', path: '/' };
  }

  set(token: string, maxAge: number | undefined): void {
    const life = maxAge === undefined ? {} : { maxAge: Math.max(0, Math.floor(maxAge)) };
    this.#header = serialize(this.#name, token, { ...this.#attributes, ...life });
  }

  clear(): void {
    this.#header = serialize(this.#name, '', { ...this.#attributes, maxAge: 0, expires: new Date(0) });
  }
}
