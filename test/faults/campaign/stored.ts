import { uuid } from '../../support/administration.ts';
import type { TestDatabase } from '../../support/databases.ts';
import type { Stored, StoredSession, StoredUser } from './history.ts';

type Row = Record<string, unknown>;

/** The events that tell of what raises an account's token version. */
const RAISING = ['PASSWORD_CHANGED', 'STATUS_CHANGED', 'ROLES_CHANGED', 'SESSIONS_REVOKED', 'USER_DELETED'];

/** Reads what the promises are checked against, past the servers. */
export async function readStored(database: TestDatabase): Promise<Stored> {
  const lines = await database.query(
    'SELECT session_id, type, COUNT(*) AS n FROM audit_events WHERE session_id IS NOT NULL GROUP BY session_id, type',
  );
  const acts = await database.query(
    `SELECT user_id, COUNT(*) AS n FROM audit_events WHERE type IN (${RAISING.map(() => '?').join(', ')}) GROUP BY user_id`,
    RAISING,
  );
  const feed = await database.query(
    'SELECT subject, COUNT(*) AS n, MAX(version) AS version FROM revocation_feed GROUP BY subject',
  );
  const fed = new Map(feed.map((row) => [uuid(row['subject']), row]));
  const users = await database.query('SELECT id, token_version FROM users');
  const sessions = await database.query('SELECT * FROM sessions');
  const audited = byId(lines);
  const raised = new Map(acts.map((row) => [uuid(row['user_id']), Number(row['n'])]));
  return {
    sessions: sessions.map((row) => toSession(row, audited, fed)),
    users: users.map((row) => toUser(row, raised, fed)),
  };
}

function byId(lines: readonly Row[]): Map<string | null, Record<string, number>> {
  const found = new Map<string | null, Record<string, number>>();
  for (const { session_id: bytes, type, n } of lines) {
    const id = uuid(bytes);
    found.set(id, { ...found.get(id), [String(type)]: Number(n) });
  }
  return found;
}

function toSession(
  row: Row,
  audited: ReadonlyMap<string | null, Readonly<Record<string, number>>>,
  fed: ReadonlyMap<string | null, Row>,
): StoredSession {
  const id = uuid(row['id']);
  const [generation, branch, next] = [row['generation'], row['branch'], row['next_branch']];
  const newest =
    next === null
      ? { generation: Number(generation), branch: Number(branch) }
      : { generation: Number(generation) + 1, branch: Number(next) };
  return {
    id: String(id),
    userId: String(uuid(row['user_id'])),
    endReason: row['ended_at'] === null ? null : String(row['end_reason']),
    newest,
    audited: audited.get(id) ?? {},
    fed: Number(fed.get(id)?.['n'] ?? 0),
  };
}

function toUser(
  row: Row,
  raised: ReadonlyMap<string | null, number>,
  fed: ReadonlyMap<string | null, Row>,
): StoredUser {
  const id = uuid(row['id']);
  return {
    id: String(id),
    tokenVersion: Number(row['token_version']),
    fedVersion: Number(fed.get(id)?.['version'] ?? 0),
    audited: raised.get(id) ?? 0,
  };
}
