import { idBytes, type TestDatabase } from './databases.ts';

/** One UPDATE of a session's row: the database itself counts them, so that none is missed or counted twice. */
export interface SessionUpdate {
  readonly kind: 'rotated' | 'seen' | 'ended';
  /** The session had ended before it. */
  readonly afterEnd: boolean;
}

const TABLE = {
  sqlite:
    'CREATE TABLE session_updates (n INTEGER PRIMARY KEY, session_id BLOB, kind TEXT, after_end INTEGER)',
  mysql:
    'CREATE TABLE session_updates (n BIGINT PRIMARY KEY AUTO_INCREMENT, session_id BINARY(16), kind VARCHAR(8), after_end TINYINT)',
};

const INSERT = `INSERT INTO session_updates (session_id, kind, after_end) VALUES (OLD.id,
  CASE WHEN NEW.ended_at IS NOT NULL AND OLD.ended_at IS NULL THEN 'ended'
    WHEN NEW.successor_seen = 1 AND OLD.successor_seen = 0 THEN 'seen' ELSE 'rotated' END,
  OLD.ended_at IS NOT NULL)`;

const TRIGGER = {
  sqlite: `CREATE TRIGGER on_session_update AFTER UPDATE ON sessions BEGIN ${INSERT}; END`,
  mysql: `CREATE TRIGGER on_session_update AFTER UPDATE ON sessions FOR EACH ROW ${INSERT}`,
};

/** From here on the database writes down every update of a session. */
export async function watchSessionUpdates(database: TestDatabase): Promise<void> {
  await database.query(TABLE[database.kind]);
  await database.query(TRIGGER[database.kind]);
}

/** What was written down of a session since the last time, oldest first. */
export async function takeSessionUpdates(
  database: TestDatabase,
  sessionId: string,
): Promise<SessionUpdate[]> {
  const id = [idBytes(sessionId)];
  const rows = await database.query('SELECT * FROM session_updates WHERE session_id = ? ORDER BY n', id);
  await database.query('DELETE FROM session_updates WHERE session_id = ?', id);
  return rows.map((row) => ({
    kind: row['kind'] as SessionUpdate['kind'],
    afterEnd: Number(row['after_end']) === 1,
  }));
}
