import { ADMIN } from './server.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly setCookies: string[];
  // biome-ignore lint/suspicious/noExplicitAny: what a test reads of an answer is what it asserts.
  readonly data: any;
  readonly errors: { message: string; path?: unknown[]; extensions: Record<string, unknown> }[] | undefined;
  /** `extensions` of the first error. */
  readonly refusal: Record<string, unknown> | undefined;
  readonly text: string;
}

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly sessionId: string;
  readonly userId: string;
}

export const LOGIN = `mutation ($input: LoginInput!) { login(input: $input) { ...Auth } } ${auth()}`;
export const REGISTER = `mutation ($input: RegisterInput!) { register(input: $input) { ...Auth } } ${auth()}`;
export const REFRESH = `mutation ($input: RefreshInput) { refresh(input: $input) { ...Auth } } ${auth()}`;
export const LOGOUT = 'mutation ($input: LogoutInput) { logout(input: $input) { ended } }';
export const ME = '{ me { id email displayName roles status createdAt } }';
export const MY_SESSIONS =
  'query ($first: Int! = 100) { mySessions(first: $first) { id current createdAt lastSeenAt authenticatedAt idleExpiresAt expiresAt ipAddress userAgent deviceName endedAt endReason user { id email } } }';
export const REVOKE_SESSION =
  'mutation ($id: ID!) { revokeSession(id: $id) { id current endedAt endReason user { id } } }';
export const REVOKE_OTHERS = 'mutation { revokeOtherSessions { revokedCount } }';
export const REVOKE_ALL = 'mutation ($userId: ID!) { revokeAllForUser(userId: $userId) { revokedCount } }';

function auth(): string {
  return 'fragment Auth on AuthPayload { accessToken tokenType expiresIn refreshToken session { id current createdAt lastSeenAt idleExpiresAt expiresAt deviceName ipAddress endedAt } user { id email roles } }';
}

/** One GraphQL request over HTTP. `headers` are sent as they are. */
export async function send(
  url: string,
  query: string,
  variables: object = {},
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  const text = await response.text();
  const body = JSON.parse(text) as Pick<Answer, 'data' | 'errors'>;
  return {
    status: response.status,
    headers: response.headers,
    setCookies: response.headers.getSetCookie(),
    data: body.data,
    errors: body.errors,
    refusal: body.errors?.[0]?.extensions,
    text,
  };
}

export function bearer(accessToken: string): Record<string, string> {
  return { authorization: `Bearer ${accessToken}` };
}

/** The tokens of a payload that must be there; else the test fails with what came instead. */
export function tokensOf(answer: Answer, field: 'login' | 'register' | 'refresh'): Tokens {
  const payload = answer.data?.[field];
  if (!payload) throw new Error(`${field} was refused: ${answer.text}`);
  return {
    accessToken: payload.accessToken,
    refreshToken: payload.refreshToken,
    sessionId: payload.session.id,
    userId: payload.user.id,
  };
}

/** Signs in as a native client. */
export async function login(
  url: string,
  account: { email: string; password: string } = ADMIN,
  input: object = {},
): Promise<Tokens> {
  const { email, password } = account;
  const answer = await send(url, LOGIN, { input: { email, password, transport: 'BODY', ...input } });
  return tokensOf(answer, 'login');
}

let registered = 0;

/** A new account of its own, signed in as a native client. */
export async function registerUser(url: string): Promise<Tokens & { email: string; password: string }> {
  registered += 1;
  const account = {
    email: `user-${registered}-${Date.now()}-${Math.random().toString(36).slice(2)}@example.com`,
    password: `correct horse battery ${registered}`,
  };
  const answer = await send(url, REGISTER, { input: { ...account, transport: 'BODY' } });
  return { ...tokensOf(answer, 'register'), ...account };
}

/** Refreshes as a native client. */
export async function refreshWith(
  url: string,
  refreshToken: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return send(url, REFRESH, { input: { refreshToken } }, headers);
}

/** The name and value of a cookie that an answer set. */
export function cookiePair(setCookie: string | undefined): string {
  const [pair] = (setCookie ?? '').split(';');
  if (!pair) throw new Error('The answer set no cookie.');
  return pair;
}
