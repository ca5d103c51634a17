import type { Database as SqliteConnection, Statement } from 'better-sqlite3';
import type { Pool, RowDataPacket } from 'mysql2';
import type { UserStatus } from '../accounts/user.ts';
import type { SessionEndReason } from '../errors/refusal.ts';
import type { SessionState } from '../guard/caller.ts';
import type { LoadedStates, StateSource } from '../guard/state-loader.ts';
import { uuidFromBytes, uuidToBytes } from '../tokens/uuid.ts';
import type { Database } from './database.ts';
import { confirmed } from './failures.ts';
import { WITH_KEY_EPOCH } from './key-epoch.ts';
import { parseRoles } from './rows.ts';

/** Runs one prepared statement on as many ids as it has places. */
type Execute = (sql: string, ids: Uint8Array[]) => Promise<StateRow[]>;

/** Times are text where MySQL's driver reads a BIGINT. */
type Time = number | string;

interface StateRow {
  id: Uint8Array;
  user_id: Uint8Array;
  ended_at: Time | null;
  end_reason: SessionEndReason | null;
  idle_expires_at: Time;
  expires_at: Time;
  email: string | null;
  display_name: string | null;
  roles: string;
  status: UserStatus;
  token_version: number;
  created_at: Time;
  key_epoch: Time;
}

/**
 * The query behind every protected request: session and user by primary key, for all requests of the moment. It is the
 * one hand-written statement, since the query builder costs a fifth of a request (DESIGN section 6).
 */
export class StateQuery implements StateSource {
  readonly #execute: Execute;

  constructor(database: Database) {
    this.#execute = database.states === undefined ? sqliteExecute(database) : mysqlExecute(database.states);
  }

  async loadStates(sessionIds: readonly string[]): Promise<LoadedStates> {
    const ids = padded(sessionIds.map(uuidToBytes));
    const rows = await confirmed(() => this.#execute(statement(ids.length), ids));
    const states = rows.map(toState);
    const [first] = rows;
    return {
      states: new Map(states.map((state) => [state.session.id, state])),
      keyEpoch: first && Number(first.key_epoch),
    };
  }
}

/** By the number of their places: to write one takes longer than to send it. */
const statements = new Map<number, string>();

function statement(places: number): string {
  const sql = statements.get(places) ?? writeStatement(places);
  statements.set(places, sql);
  return sql;
}

function writeStatement(places: number): string {
  return `SELECT s.id, s.user_id, s.ended_at, s.end_reason, s.idle_expires_at, s.expires_at,
    u.email, u.display_name, u.roles, u.status, u.token_version, u.created_at,
    ${WITH_KEY_EPOCH} AS key_epoch
    FROM sessions s JOIN users u ON u.id = s.user_id
    WHERE s.id IN (${Array(places).fill('?').join(', ')})`;
}

/** Lists are filled up to a power of two, or there would be a prepared statement for every length. */
function padded(ids: readonly Uint8Array[]): Uint8Array[] {
  const [first] = ids;
  if (first === undefined) return [];
  const places = 2 ** Math.ceil(Math.log2(ids.length));
  return [...ids, ...Array<Uint8Array>(places - ids.length).fill(first)];
}

function toState(row: StateRow): SessionState {
  const userId = uuidFromBytes(row.user_id);
  return {
    session: {
      id: uuidFromBytes(row.id),
      userId,
      endedAt: row.ended_at === null ? null : Number(row.ended_at),
      endReason: row.end_reason,
      idleExpiresAt: Number(row.idle_expires_at),
      expiresAt: Number(row.expires_at),
    },
    user: {
      id: userId,
      email: row.email,
      displayName: row.display_name,
      roles: parseRoles(row.roles),
      status: row.status,
      tokenVersion: row.token_version,
      createdAt: Number(row.created_at),
    },
  };
}

function mysqlExecute(pool: Pool): Execute {
  // The driver's promises make an error, with its stack, for every statement in case it should fail.
  return (sql, ids) =>
    new Promise((resolve, reject) => {
      pool.execute<(StateRow & RowDataPacket)[]>(sql, ids, (error, rows) =>
        error ? reject(error) : resolve(rows),
      );
    });
}

function sqliteExecute(database: Database): Execute {
  const { databaseConnection } = database.reader.driver as unknown as {
    databaseConnection: SqliteConnection;
  };
  const prepared = new Map<number, Statement<Uint8Array[], StateRow>>();
  return async (sql, ids) => {
    const known = prepared.get(ids.length) ?? databaseConnection.prepare<Uint8Array[], StateRow>(sql);
    prepared.set(ids.length, known);
    return known.all(...ids);
  };
}
