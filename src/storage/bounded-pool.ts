import type { Pool, PoolConnection } from 'mysql2';
import { socketOf } from './mysql-driver.ts';

export interface Bounds {
  /** Milliseconds that somebody waits for a connection. */
  readonly wait: number;
  /** Milliseconds for which nothing moves on a connection that somebody has: no answer, nor a part of one. */
  readonly silence: number;
}

/** Who may wait for a connection of one pool; those who come then hear at once that they are too many. */
const MOST_WAITING = 1_000;

type Callback = Parameters<Pool['getConnection']>[0];

/**
 * Bounds how long anybody who uses a pool waits for a database that hangs. The driver waits for as long as the other side
 * takes, and its own time limit leaves the connection in the pool, with an answer to come that nobody waits for.
 */
export function boundPool(pool: Pool, { wait, silence }: Bounds): void {
  const lend = cutOffSilent(pool, silence);
  const getConnection = pool.getConnection.bind(pool);
  let waiting = 0;
  pool.getConnection = (callback) => {
    if (waiting >= MOST_WAITING)
      return process.nextTick(refuse, callback, 'POOL_FULL', `${waiting} wait for a connection already`);
    waiting += 1;
    const turn = withinWait(callback, wait);
    getConnection((error, connection) => {
      waiting -= 1;
      if (!turn.take()) return connection?.release();
      if (connection !== undefined) lend(connection);
      callback(error, connection);
    });
  };
}

/** @returns whose `take` says whether somebody still waits */
function withinWait(callback: Callback, wait: number): { take(): boolean } {
  let open = true;
  const take = () => {
    clearTimeout(late);
    const isOpen = open;
    open = false;
    return isOpen;
  };
  const giveUp = () => {
    if (take()) refuse(callback, 'POOL_TIMEOUT', `no connection within ${wait} ms`);
  };
  // Timers come before what has arrived, in a process that was busy or stopped (as in `inTime`).
  const late = setTimeout(() => setImmediate(giveUp), wait).unref();
  return { take };
}

/** With the driver's own prefix for the failures of a pool. */
function refuse(callback: Callback, code: string, message: string): void {
  const none = undefined as unknown as PoolConnection;
  callback(Object.assign(new Error(message), { code }), none);
}

/**
 * Destroys a connection on which somebody waits in vain, and with it those that lie idle: they lead to the same server,
 * and would fail one by one. It is the silence that counts, not the whole time, so that long work of many statements is
 * not cut off.
 *
 * @returns to be called with every connection that is handed out
 */
function cutOffSilent(pool: Pool, silence: number): (connection: PoolConnection) => void {
  const idle = new Set<PoolConnection>();
  const watched = new WeakSet<PoolConnection>();
  pool.on('acquire', (connection) => void idle.delete(connection));
  pool.on('release', (connection) => void idle.add(connection));
  const watch = (connection: PoolConnection) => {
    const socket = socketOf(connection);
    socket.once('close', () => void idle.delete(connection));
    socket.on('timeout', () => {
      const { bytesRead } = socket;
      setImmediate(() => {
        if (idle.has(connection) || socket.bytesRead > bytesRead) return;
        for (const dead of [connection, ...idle]) socketOf(dead).destroy();
      });
    });
  };
  return (connection) => {
    if (!watched.has(connection)) watch(connection);
    watched.add(connection);
    socketOf(connection).setTimeout(silence);
  };
}
