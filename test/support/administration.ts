import { bearer, login, refreshWith, registerUser, send, type Tokens, tokensOf } from './client.ts';
import { idBytes, type TestDatabase } from './databases.ts';
import type { TestServer } from './server.ts';

/** Documents of issue 3, each asking for what its test reads. */
export const CHANGE_PASSWORD =
  'mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { accessToken tokenType expiresIn refreshToken session { id current authenticatedAt lastSeenAt idleExpiresAt } user { id } } }';
export const REAUTHENTICATE =
  'mutation ($password: String!) { reauthenticate(password: $password) { accessToken tokenType expiresIn refreshToken session { id current authenticatedAt lastSeenAt idleExpiresAt } user { id } } }';
export const SET_STATUS =
  'mutation ($userId: ID!, $status: UserStatus!, $reason: String) { setUserStatus(userId: $userId, status: $status, reason: $reason) { id email status } }';
export const SET_ROLES =
  'mutation ($userId: ID!, $roles: [Role!]!) { setUserRoles(userId: $userId, roles: $roles) { id roles } }';
export const ACTIVITY = `query ($hours: Int! = 24) {
  activity(hours: $hours) { start logins refreshes revocations failedLogins }
}`;

export const DELETE_USER = 'mutation ($userId: ID!) { deleteUser(userId: $userId) { revokedCount } }';
export const REVOKE_SESSIONS =
  'mutation ($filter: SessionFilter!, $dryRun: Boolean! = true) { revokeSessions(filter: $filter, dryRun: $dryRun) { revokedCount } }';
export const USER = 'query ($id: ID!) { user(id: $id) { id email displayName roles status createdAt } }';
export const USERS = `query ($search: String, $first: Int, $after: String) { users(search: $search, first: $first, after: $after) ${connectionOf('id email roles status')} }`;
export const SESSIONS = `query ($filter: SessionFilter, $first: Int, $after: String) { sessions(filter: $filter, first: $first, after: $after) ${connectionOf('id current createdAt idleExpiresAt endedAt endReason userAgent user { id email }')} }`;
export const AUDIT_EVENTS = `query ($filter: AuditEventFilter, $first: Int, $after: String) { auditEvents(filter: $filter, first: $first, after: $after) ${connectionOf('id at type actorId userId sessionId ipAddress userAgent detail')} }`;

function connectionOf(fields: string): string {
  return `{ edges { cursor node { id } } nodes { ${fields} } pageInfo { hasNextPage endCursor } }`;
}

export type Account = Tokens & { email: string; password: string };

/** A new account that an admin made an admin, with an access token of its new roles. */
export async function newAdmin(url: string, by: Tokens): Promise<Account> {
  const user = await registerUser(url);
  await setRoles(url, by, user.userId, ['USER', 'ADMIN']);
  return { ...user, ...tokensOf(await refreshWith(url, user.refreshToken), 'refresh') };
}

/** @throws unless it is done */
async function setRoles(url: string, by: Tokens, userId: string, roles: string[]): Promise<void> {
  const answer = await send(url, SET_ROLES, { userId, roles }, bearer(by.accessToken));
  if (answer.errors !== undefined) throw new Error(`setUserRoles was refused: ${answer.text}`);
}

/** The claims of an access token, which a client may read but need not. */
export function claimsOf(accessToken: string): Record<string, unknown> {
  const payload = accessToken.split('.')[1] ?? '';
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
}

/** Access and refresh token of a session whose password was proven so many seconds ago. */
export async function signedInLongAgo(
  url: string,
  database: TestDatabase,
  account: { email: string; password: string },
  seconds: number,
): Promise<Tokens> {
  const tokens = await login(url, account);
  await database.query('UPDATE sessions SET authenticated_at = authenticated_at - ? WHERE id = ?', [
    seconds * 1000,
    idBytes(tokens.sessionId),
  ]);
  return tokensOf(await refreshWith(url, tokens.refreshToken), 'refresh');
}

/** One line of the security log in the form that row and log line share. */
export interface LoggedEvent {
  readonly type: string;
  readonly actorId: string | null;
  readonly userId: string | null;
  readonly sessionId: string | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  readonly detail: string | null;
}

/** What `work` adds to the security log: the rows, oldest first, which must be told as JSON log lines as well. */
export async function auditedBy(
  server: TestServer,
  database: TestDatabase,
  work: () => Promise<unknown>,
): Promise<LoggedEvent[]> {
  const known = new Set((await auditRows(database)).map((row) => hex(row['id'])));
  const lines = auditLines(server).length;
  await work();
  const added = (await auditRows(database)).filter((row) => !known.has(hex(row['id'])));
  const events = added.map(asEvent);
  const byText = (event: LoggedEvent) => JSON.stringify(event, Object.keys(event).sort());
  const told = auditLines(server).slice(lines);
  expect(told.map(byText).sort()).toEqual(events.map(byText).sort());
  return events.map(({ at: _, ...event }) => event);
}

/** The JSON log lines that tell of the security log. */
export function auditLines(server: TestServer): (LoggedEvent & { at: string })[] {
  return server
    .log()
    .flatMap(({ audit }) => (audit === undefined ? [] : [audit as LoggedEvent & { at: string }]));
}

async function auditRows(database: TestDatabase): Promise<Record<string, unknown>[]> {
  return database.query('SELECT * FROM audit_events ORDER BY at, id');
}

function asEvent(row: Record<string, unknown>): LoggedEvent & { at: string } {
  return {
    type: String(row['type']),
    at: new Date(Number(row['at'])).toISOString(),
    actorId: uuid(row['actor_id']),
    userId: uuid(row['user_id']),
    sessionId: uuid(row['session_id']),
    ipAddress: row['ip_address'] as string | null,
    userAgent: row['user_agent'] as string | null,
    detail: row['detail'] as string | null,
  };
}

function hex(bytes: unknown): string {
  return (bytes as Buffer).toString('hex');
}

/** The text of an id that is stored as bytes. */
export function uuid(bytes: unknown): string | null {
  if (bytes === null) return null;
  const text = hex(bytes);
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join(
    '-',
  );
}
