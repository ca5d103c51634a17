import { QueryFailedError } from 'typeorm';
import { Refusal, unavailable } from '../errors/refusal.ts';

/** The row is no longer what the decision was made upon: the transaction starts anew. */
export class Conflict extends Error {
  override readonly name = 'Conflict';
}

/** Deadlock, lock wait timeout, and MariaDB's snapshot conflict: the whole transaction may be run again. */
const RETRYABLE = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD']);

const DUPLICATE = new Set(['ER_DUP_ENTRY', 'SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY']);

/** The database is away, full, read-only or busy beyond its timeout: nothing that a request could have caused. */
const UNAVAILABLE =
  /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN|PROTOCOL_|POOL_|ER_CON_COUNT|ER_TOO_MANY_USER|ER_SERVER_SHUTDOWN|ER_NORMAL_SHUTDOWN|ER_DISK_FULL|ER_RECORD_FILE_FULL|ER_OPTION_PREVENTS|ER_READ_ONLY|ER_CONNECTION_KILLED|ER_QUERY_INTERRUPTED|SQLITE_(BUSY|FULL|IOERR|READONLY|CANTOPEN|LOCKED))/;

function driverError(error: unknown): {
  code: string;
  errno: number | undefined;
  fatal: boolean;
  message: string;
} {
  const cause = error instanceof QueryFailedError ? error.driverError : error;
  const fields = (typeof cause === 'object' && cause !== null ? cause : {}) as Record<string, unknown>;
  const { code, errno, fatal, message } = fields;
  return {
    code: typeof code === 'string' ? code : '',
    errno: typeof errno === 'number' ? errno : undefined,
    fatal: fatal === true,
    message: typeof message === 'string' ? message : '',
  };
}

export function isConflict(error: unknown): boolean {
  if (error instanceof Conflict) return true;
  const { code, errno } = driverError(error);
  return RETRYABLE.has(code) || errno === 1020;
}

export function isDuplicate(error: unknown): boolean {
  return DUPLICATE.has(driverError(error).code);
}

/** Another process holds SQLite's lock. */
export function isBusy(error: unknown): boolean {
  return driverError(error).code.startsWith('SQLITE_BUSY');
}

function isUnavailable(error: unknown): boolean {
  const { code, fatal, message } = driverError(error);
  return (
    fatal || UNAVAILABLE.test(code) || /closed state|pool is closed|connection is not open/i.test(message)
  );
}

/** A failure as the caller may see it: what the database could not confirm is UNAVAILABLE, the rest is passed on. */
export function asRefusal(error: unknown): unknown {
  if (error instanceof Refusal) return error;
  return isUnavailable(error) || isConflict(error) ? unavailable(error) : error;
}

/** @throws Refusal UNAVAILABLE when the database cannot be reached or does not answer */
export async function confirmed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asRefusal(error);
  }
}
