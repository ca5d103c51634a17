/** What JSON can say. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/** Claims of the program that Portcullis runs in, by name. They stand in access tokens beside ours. */
export type ExtraClaims = Readonly<Record<string, JsonValue>>;

export const NO_CLAIMS: ExtraClaims = Object.freeze({});

/**
 * Names that mean something already: RFC 7519 §4.1, RFC 9068 §2.2, ours, and the members of an introspection's answer
 * (RFC 7662 §2.2), where the claims of a token stand beside them.
 */
const TAKEN = new Set([
  ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti'],
  ...['client_id', 'auth_time', 'acr', 'amr', 'scope', 'roles', 'groups', 'entitlements'],
  ...['sid', 'ver'],
  ...['active', 'username', 'token_type'],
]);

/**
 * Bytes of all of them as JSON. With the longest ISSUER and AUDIENCE that the settings allow a token has room for so much
 * below the length that its verifier accepts.
 */
export const MOST_BYTES = 1024;

const MOST_LEVELS = 8;

/**
 * The claims that a program gave, copied: what it does to its object afterwards changes nothing.
 *
 * @throws Error that says what is wrong with them
 */
export function extraClaims(given: unknown): ExtraClaims {
  if (given === undefined || given === null) return NO_CLAIMS;
  if (!isPlainObject(given)) throw new Error('Extra claims must be an object.');
  const claims = Object.fromEntries(membersOf(given, 1, ''));
  const taken = Object.keys(claims).filter((name) => TAKEN.has(name));
  if (taken.length > 0) throw new Error(`Extra claims must not have the names ${taken.join(', ')}.`);
  const bytes = Buffer.byteLength(JSON.stringify(claims));
  if (bytes > MOST_BYTES)
    throw new Error(`Extra claims must have at most ${MOST_BYTES} bytes as JSON; they have ${bytes}.`);
  return claims;
}

/** Whatever of a token's claims is not ours, for many readers: frozen, since tokens are kept once they are verified. */
export function extraClaimsOf(others: Readonly<Record<string, unknown>>): ExtraClaims {
  return Object.keys(others).length === 0 ? NO_CLAIMS : (frozen(others) as ExtraClaims);
}

/** As JSON.stringify does, a member that is undefined is left out; what else it would leave out or change is refused. */
function membersOf(object: object, level: number, place: string): [string, JsonValue][] {
  return Object.entries(object)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, jsonValue(value, level + 1, place === '' ? name : `${place}.${name}`)]);
}

function jsonValue(value: unknown, level: number, place: string): JsonValue {
  if (level > MOST_LEVELS)
    throw new Error(`The extra claim ${place} nests deeper than ${MOST_LEVELS} levels.`);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value))
    return value.map((each, index) => jsonValue(each, level + 1, `${place}.${index}`));
  if (isPlainObject(value)) return Object.fromEntries(membersOf(value, level, place));
  throw new Error(`The extra claim ${place} is not JSON.`);
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const each of Object.values(value)) frozen(each);
  return Object.freeze(value);
}
