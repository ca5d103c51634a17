import { QueryFailedError } from 'typeorm';
import { Refusal } from '../../src/errors/refusal.ts';
import { asRefusal, Conflict, confirmed, isConflict, isDuplicate } from '../../src/storage/failures.ts';

/** A failure as TypeORM passes it on from a driver. */
function failed(fields: Record<string, unknown>): QueryFailedError {
  return new QueryFailedError('SELECT 1', [], Object.assign(new Error('the driver says'), fields));
}

const CONFLICTS = [
  new Conflict('changed meanwhile'),
  failed({ code: 'ER_LOCK_DEADLOCK', errno: 1213 }),
  failed({ code: 'ER_LOCK_WAIT_TIMEOUT', errno: 1205 }),
  failed({ code: 'ER_CHECKREAD', errno: 1020 }),
  failed({ code: 'UNKNOWN_CODE_PLEASE_REPORT', errno: 1020 }),
];

const AWAY = [
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'],
  ...['PROTOCOL_CONNECTION_LOST', 'POOL_CLOSED', 'ER_CON_COUNT_ERROR', 'ER_TOO_MANY_USER_CONNECTIONS'],
  ...['ER_SERVER_SHUTDOWN', 'ER_DISK_FULL', 'ER_OPTION_PREVENTS_STATEMENT', 'ER_CONNECTION_KILLED'],
  ...['SQLITE_BUSY', 'SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'SQLITE_READONLY', 'SQLITE_CANTOPEN'],
];

const OWN_FAULTS = [
  new TypeError('undefined is not a function'),
  failed({ code: 'ER_PARSE_ERROR', errno: 1064 }),
  failed({ code: 'ER_BAD_FIELD_ERROR', errno: 1054 }),
  failed({ code: 'ER_NO_SUCH_TABLE', errno: 1146 }),
  failed({ code: 'SQLITE_ERROR' }),
  failed({ code: 'SQLITE_CONSTRAINT_FOREIGNKEY' }),
  failed({}),
  'a text',
  null,
];

describe('the failures of a database', () => {
  it.each(CONFLICTS)('are conflicts, to be tried again, when the row or the lock was lost: %p', (failure) => {
    expect(isConflict(failure)).toBe(true);
    expect(asRefusal(failure)).toMatchObject({ code: 'UNAVAILABLE', cause: failure });
  });

  it.each(AWAY)('are UNAVAILABLE when nothing that a request did could have caused them: %s', (code) => {
    for (const failure of [failed({ code }), Object.assign(new Error('bare'), { code })]) {
      expect(isConflict(failure)).toBe(false);
      expect(asRefusal(failure)).toMatchObject({ code: 'UNAVAILABLE', cause: failure });
    }
  });

  it('are UNAVAILABLE when the connection is gone, whatever their code', () => {
    for (const failure of [
      failed({ code: 'ER_WHATEVER', fatal: true }),
      new Error("Can't add new command when connection is in closed state"),
      new Error('Pool is closed.'),
      new TypeError('The database connection is not open'),
    ]) {
      expect(asRefusal(failure)).toMatchObject({ code: 'UNAVAILABLE' });
    }
  });

  it.each(OWN_FAULTS)('are passed on when they are our own: %p', (failure) => {
    expect(isConflict(failure)).toBe(false);
    expect(asRefusal(failure)).toBe(failure);
  });

  it('leave a refusal what it is', () => {
    const refusal = new Refusal('NOT_FOUND', 'No such thing.');
    expect(asRefusal(refusal)).toBe(refusal);
  });

  it('tell a row that is there already', () => {
    for (const code of ['ER_DUP_ENTRY', 'SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY'])
      expect(isDuplicate(failed({ code }))).toBe(true);
    expect(isDuplicate(failed({ code: 'SQLITE_CONSTRAINT_NOTNULL' }))).toBe(false);
    expect(isDuplicate(new Error('else'))).toBe(false);
  });

  it('show nothing of themselves in the refusal', async () => {
    const failure = failed({ code: 'ECONNREFUSED' });
    const refusal = await confirmed(() => Promise.reject(failure)).catch((error) => error);
    expect(refusal).toBeInstanceOf(Refusal);
    expect(refusal.message).not.toContain('driver');
    expect(await confirmed(async () => 7)).toBe(7);
  });
});
