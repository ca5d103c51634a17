import { readConsole } from '../../../src/http/console-files.ts';
import { CONSOLE } from '../console.ts';
import { type HttpAnswer, headerOf } from './http-answers.ts';

/** The closed set of CONTRACT's errors without INTERNAL_SERVER_ERROR and UNAVAILABLE, and those of Apollo Server. */
const CODES = new Set([
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'REAUTHENTICATION_REQUIRED',
  'INVALID_CREDENTIALS',
  'RATE_LIMITED',
  'BAD_USER_INPUT',
  'SESSION_LIMIT',
  'NOT_FOUND',
  'BAD_REQUEST',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);

const OAUTH_ERRORS: ReadonlySet<string | undefined> = new Set(['invalid_client', 'invalid_request']);

/** Words from inside: of stacks, paths, libraries, statements. The generators never send them. */
const INSIDE =
  /node_modules|node:internal|\bat (async )?\S+ \(|\.[cm]?[jt]s:\d|file:\/\/|\/(dist|src)\/|TypeError|RangeError|ReferenceError|SyntaxError|QueryFailed|Cannot read prop|is not a function|is not iterable|SQLITE_|\bER_[A-Z]|UNIQUE constraint|FOREIGN KEY|INSERT INTO|SELECT .* FROM|typeorm|better-sqlite3|mysql2|argon2|stacktrace/i;

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const HSTS = 'max-age=31536000; includeSubDomains';

export interface GraphQLErrorBody {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

export interface JsonBody {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly GraphQLErrorBody[];
  /** Of RFC 6749 §5.2. */
  readonly error?: string;
}

export interface Surroundings {
  readonly https: boolean;
  readonly origin: string;
  readonly cookieName: string;
}

/**
 * What holds for every answer, whatever was asked: no fault of the server, the security headers, well-formed JSON where
 * JSON is promised, errors of the closed set, no word from inside.
 *
 * @returns the body, if it is JSON
 */
export function judgeAnswer(answer: HttpAnswer, around: Surroundings): JsonBody | undefined {
  const { status, body: text } = answer;
  if (status >= 500) throw new Error(`Status ${status}: ${text?.slice(0, 500)}`);
  judgeHeaders(answer, around);
  if (text === undefined) return undefined;
  const type = headerOf(answer, 'content-type') ?? '';
  const body = /^application\/(graphql-response\+)?json\b/.test(type) ? parsed(text) : undefined;
  if (status >= 400 && body?.errors === undefined && !OAUTH_ERRORS.has(body?.error))
    throw new Error(`A refusal that is none: ${status} ${text.slice(0, 500)}`);
  // A page or a file of the console says the same to everybody.
  if (!/^text\/html\b/.test(type) && headerOf(answer, 'etag') === undefined)
    judgeWords(text, body?.errors ?? []);
  return body;
}

function judgeHeaders(answer: HttpAnswer, { https, origin, cookieName }: Surroundings): void {
  const is = (name: string, expected: string | RegExp | undefined) => {
    const value = headerOf(answer, name);
    const fits = expected instanceof RegExp ? expected.test(value ?? '') : value === expected;
    if (!fits) throw new Error(`Header ${name} is ${JSON.stringify(value)} in an answer ${answer.status}.`);
  };
  is('x-content-type-options', 'nosniff');
  is('content-security-policy', /^default-src 'none';.*frame-ancestors 'none'/);
  is('referrer-policy', 'no-referrer');
  is('cross-origin-resource-policy', /^(same|cross)-origin$/);
  is('x-request-id', UUID);
  is('strict-transport-security', https ? HSTS : undefined);
  is('server', undefined);
  is('x-powered-by', undefined);
  const keys = headerOf(answer, 'cross-origin-resource-policy') === 'cross-origin';
  is('cache-control', keys ? 'public, max-age=60' : cachedAs(headerOf(answer, 'etag')));
  const allowed = headerOf(answer, 'access-control-allow-origin');
  if (keys) is('access-control-allow-origin', '*');
  else if (allowed !== undefined) is('access-control-allow-origin', origin);
  is('access-control-allow-credentials', allowed === origin ? 'true' : undefined);
  judgeCookie(headerOf(answer, 'set-cookie'), cookieName, https);
}

/** A tag is one of the files that were built, and nothing else has one. */
function cachedAs(etag: string | undefined): string | undefined {
  if (etag === undefined) return 'no-store';
  consoleCaching ??= new Map(
    [...readConsole(CONSOLE).values()].flatMap((file) =>
      file.codings.map((coding) => [file.etag(coding), file.headers['cache-control']]),
    ),
  );
  return consoleCaching.get(etag);
}

let consoleCaching: ReadonlyMap<string, string | undefined> | undefined;

function judgeCookie(setCookie: string | undefined, name: string, https: boolean): void {
  if (setCookie === undefined) return;
  const [pair = '', ...attributes] = setCookie.split('; ');
  const known = pair.startsWith(`${name}=`) && /^(pr1_[\w-]{72})?$/.test(pair.slice(name.length + 1));
  const wanted = ['HttpOnly', 'SameSite=Strict', 'Path=/', ...(https ? ['Secure'] : [])];
  const missing = wanted.filter((attribute) => !attributes.includes(attribute));
  if (known && missing.length === 0 && !/domain=/i.test(setCookie)) return;
  throw new Error(`A cookie without ${missing.join(', ')}, or of another name or form.`);
}

function parsed(text: string): JsonBody {
  try {
    return JSON.parse(text) as JsonBody;
  } catch {
    throw new Error(`Not JSON though it says so: ${JSON.stringify(text.slice(0, 500))}`);
  }
}

function judgeWords(text: string, errors: readonly GraphQLErrorBody[]): void {
  const word = INSIDE.exec(text)?.[0];
  if (word !== undefined) throw new Error(`A word from inside, ${word}: ${text.slice(0, 1_000)}`);
  for (const { message, extensions } of errors) {
    const code = extensions?.['code'];
    if (typeof message === 'string' && CODES.has(String(code))) continue;
    throw new Error(`An error of no known code: ${text.slice(0, 1_000)}`);
  }
}
