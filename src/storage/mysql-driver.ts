import type { Socket } from 'node:net';
import mysql, { type Connection, type Pool, type PoolConnection, type PoolOptions } from 'mysql2';

/**
 * What every connection is told before its first statement. UTC: the clock expression has no ambiguous hour. READ
 * COMMITTED: a statement under the user's lock sees what was committed before it (DESIGN section 4). The SQL mode: the
 * driver escapes with backslashes, so a server that runs with NO_BACKSLASH_ESCAPES would be open to injection; and text
 * that does not fit is refused, not cut.
 */
const SESSION_SETUP = [
  "SET time_zone = '+00:00'",
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  'SET SESSION innodb_lock_wait_timeout = 5',
  "SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'",
];

/**
 * What TypeORM uses of mysql2, with every connection set up: TypeORM opens the first one before it hands out the pool, so
 * a listener that is added later would miss it.
 */
export const mysqlDriver = {
  createPool(options: PoolOptions): Pool {
    const pool = mysql.createPool(options);
    pool.on('connection', (connection: PoolConnection) => {
      for (const statement of SESSION_SETUP) {
        connection.query(statement, (error) => {
          if (error) connection.destroy();
        });
      }
    });
    return pool;
  },
};

/** The driver has no other way to end a connection at once: its own ends wait for the other side. */
export function socketOf(connection: Pick<Connection, 'threadId'>): Socket {
  return (connection as unknown as { stream: Socket }).stream;
}
