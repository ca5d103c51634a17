import { idBytes, type TestDatabase } from '../databases.ts';
import type { JsonBody } from './judge-answer.ts';
import type { RootField } from './root-fields.ts';

/** How many there are of what requests add to or end. */
export interface Counts {
  readonly users: number;
  readonly sessions: number;
  readonly ended: number;
  readonly events: number;
}

const COUNT = `SELECT (SELECT COUNT(*) FROM users) AS users, (SELECT COUNT(*) FROM sessions) AS sessions,
  (SELECT COUNT(*) FROM sessions WHERE ended_at IS NOT NULL) AS ended,
  (SELECT COUNT(*) FROM audit_events) AS events`;

export async function count(database: TestDatabase): Promise<Counts> {
  const [row = {}] = await database.query(COUNT);
  const of = (name: string) => Number(row[name]);
  return { users: of('users'), sessions: of('sessions'), ended: of('ended'), events: of('events') };
}

/** Fields that may end sessions: a login replaces the one of the cookie, or the least used one. */
const ENDING = new Set([
  'register',
  'login',
  'logout',
  'changePassword',
  'revokeSession',
  'revokeOtherSessions',
  'revokeAllForUser',
  'revokeSessions',
  'setUserStatus',
  'deleteUser',
]);

/** A refusal after which something may stand in the database: a failed login in the security log, a reuse that ended. */
const TELLING = new Set(['INVALID_CREDENTIALS', 'RATE_LIMITED', 'UNAUTHENTICATED']);

/** What a request was answered. */
export interface Outcome {
  readonly body: JsonBody | undefined;
  readonly executed: readonly RootField[];
}

/**
 * What changed must be what was acknowledged: an account for each `register`, a session for each of them and each
 * `login`, an end only where something ended sessions, and nothing at all after a refusal.
 */
export function judgeEffects(before: Counts, after: Counts, outcomes: readonly Outcome[]): void {
  const fields = outcomes.flatMap(({ executed }) => executed.map(({ name }) => name));
  const times = (name: string) => fields.filter((each) => each === name).length;
  const codes = outcomes.flatMap(
    ({ body }) => body?.errors?.map(({ extensions }) => extensions['code']) ?? [],
  );
  const registered = times('register');
  expectGrowth('accounts', after.users - before.users, registered);
  expectGrowth('sessions', after.sessions - before.sessions, registered + times('login'));
  const told = codes.some((code) => TELLING.has(String(code)));
  if (!told && !fields.some((name) => ENDING.has(name))) expectGrowth('ends', after.ended - before.ended, 0);
  if (!told && fields.length === 0) expectGrowth('events', after.events - before.events, 0);
}

function expectGrowth(what: string, grown: number, acknowledged: number): void {
  if (grown === acknowledged) return;
  throw new Error(`${grown} ${what} came, and ${acknowledged} were acknowledged.`);
}

/** Every byte that the database holds of a session and of its user. */
export async function stateOf(database: TestDatabase, sessionId: string): Promise<string> {
  const id = idBytes(sessionId);
  const session = await database.query('SELECT * FROM sessions WHERE id = ?', [id]);
  const user = await database.query(
    'SELECT * FROM users WHERE id = (SELECT user_id FROM sessions WHERE id = ?)',
    [id],
  );
  return JSON.stringify([session, user]);
}
