/** RFC 6750 §2.1; the scheme's name is case-insensitive (RFC 9110 §11.1). */
const BEARER = /^Bearer +(.*)$/i;

/**
 * The access token of an Authorization header; undefined where there is none, or a scheme that carries none.
 *
 * @param authorization the raw header
 */
export function bearerToken(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  // As almost every client writes it.
  if (authorization.startsWith('Bearer ') && authorization[7] !== ' ') return authorization.slice(7);
  if (/^Bearer *$/i.test(authorization)) return '';
  return BEARER.exec(authorization)?.[1];
}

/** The header, where it may also be the token alone: no token has a blank in it, and no header with one is without. */
export function headerOf(bearer: string | undefined): string | undefined {
  return bearer === undefined || bearer === '' || bearer.includes(' ') ? bearer : `Bearer ${bearer}`;
}
