import { BetterSqlite3QueryRunner } from 'typeorm/driver/better-sqlite3/BetterSqlite3QueryRunner.js';
import { MysqlQueryRunner } from 'typeorm/driver/mysql/MysqlQueryRunner.js';
import { ActivityCounts } from '../../src/activity/count-activity.ts';
import {
  bearer,
  LOGIN,
  LOGOUT,
  ME,
  REGISTER,
  refreshWith,
  registerUser,
  send,
  tokensOf,
} from '../support/client.ts';
import { onEachDatabase, type TestDatabase } from '../support/databases.ts';
import { auditOf, sessionRow, snapshot } from '../support/rows.ts';
import { runServer } from '../support/running.ts';

const UNAVAILABLE = { code: 'UNAVAILABLE', retryAfter: 1 };
const PAST_WINDOW = 31_000;

/** How a COMMIT fails: before it was done, or done already, with its acknowledgement lost. */
type Failure = 'not done' | 'done';

const SQLITE_ERROR = Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
const MYSQL_ERROR = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', fatal: true });

/** The next COMMIT of the server fails, and no other one. */
function failNextCommit(kind: TestDatabase['kind'], failure: Failure): void {
  if (kind === 'mysql') failMysqlCommit(failure);
  else failSqliteCommit(failure);
}

function failSqliteCommit(failure: Failure): void {
  const { query } = BetterSqlite3QueryRunner.prototype;
  const spy = jest.spyOn(BetterSqlite3QueryRunner.prototype, 'query');
  spy.mockImplementation(async function (this: BetterSqlite3QueryRunner, sql: string, ...rest) {
    if (sql !== 'COMMIT') return query.call(this, sql, ...rest);
    spy.mockRestore();
    if (failure === 'done') await query.call(this, sql, ...rest);
    throw SQLITE_ERROR;
  });
}

/** As a connection that breaks: what was not committed is rolled back by the server when it notices. */
function failMysqlCommit(failure: Failure): void {
  const { commitTransaction } = MysqlQueryRunner.prototype;
  const spy = jest.spyOn(MysqlQueryRunner.prototype, 'commitTransaction');
  spy.mockImplementation(async function (this: MysqlQueryRunner) {
    spy.mockRestore();
    if (failure === 'done') await commitTransaction.call(this);
    else (await this.connect()).destroy();
    throw MYSQL_ERROR;
  });
}

onEachDatabase('a COMMIT that fails', (database) => {
  // The one of the counts, every few seconds, is not the one that is meant to fail.
  beforeAll(() => jest.spyOn(ActivityCounts.prototype, 'saveTo').mockResolvedValue(undefined));
  afterAll(() => jest.restoreAllMocks());

  const server = runServer(database);
  const failNext = (failure: Failure) => failNextCommit(database().kind, failure);
  const typesOf = async (sessionId: string) => (await auditOf(database(), sessionId)).map(({ type }) => type);

  it.each<Failure>(['not done', 'done'])(
    'C8 of a refresh (%s): the retry succeeds, nothing is revoked',
    async (failure) => {
      const { refreshToken, accessToken, sessionId } = await registerUser(server().url);
      const before = await sessionRow(database(), sessionId);
      failNext(failure);
      expect((await refreshWith(server().url, refreshToken)).refusal).toEqual(UNAVAILABLE);
      const after = await sessionRow(database(), sessionId);
      if (failure === 'not done') expect(after).toEqual(before);
      else expect(after['next_branch']).not.toBeNull();

      expect((await send(server().url, ME, {}, bearer(accessToken))).errors).toBeUndefined();
      const next = tokensOf(await refreshWith(server().url, refreshToken), 'refresh');
      await database().age(sessionId, PAST_WINDOW);
      tokensOf(await refreshWith(server().url, next.refreshToken), 'refresh');
      expect(await typesOf(sessionId)).toEqual(['LOGIN_SUCCEEDED']);
    },
  );

  it.each<Failure>(['not done', 'done'])(
    'C8 of a refresh (%s): a retry long after succeeds too',
    async (failure) => {
      const { refreshToken, sessionId } = await registerUser(server().url);
      failNext(failure);
      expect((await refreshWith(server().url, refreshToken)).refusal).toEqual(UNAVAILABLE);
      await database().age(sessionId, 100 * PAST_WINDOW);
      tokensOf(await refreshWith(server().url, refreshToken), 'refresh');
      expect(await typesOf(sessionId)).toEqual(['LOGIN_SUCCEEDED']);
    },
  );

  it('C8 of the ending of a reused family: nothing is announced, and the next presentation ends it', async () => {
    const first = await registerUser(server().url);
    const second = tokensOf(await refreshWith(server().url, first.refreshToken), 'refresh');
    await database().age(first.sessionId, PAST_WINDOW);
    tokensOf(await refreshWith(server().url, second.refreshToken), 'refresh');
    failNext('not done');
    expect((await refreshWith(server().url, first.refreshToken)).refusal).toEqual(UNAVAILABLE);
    expect(
      server()
        .log()
        .filter(({ msg }) => msg === 'REFRESH_TOKEN_REUSED'),
    ).toEqual([]);
    const reuse = { reason: 'SESSION_ENDED', endReason: 'REFRESH_TOKEN_REUSE' };
    expect((await refreshWith(server().url, first.refreshToken)).refusal).toMatchObject(reuse);
    expect(await typesOf(first.sessionId)).toEqual([
      'LOGIN_SUCCEEDED',
      'REFRESH_TOKEN_REUSED',
      'SESSION_ENDED',
    ]);
  });

  it('of a logout: the session lives, the log does not say otherwise, and the retry ends it', async () => {
    const { refreshToken, accessToken, sessionId } = await registerUser(server().url);
    const logout = () => send(server().url, LOGOUT, { input: { refreshToken } });
    failNext('not done');
    expect((await logout()).refusal).toEqual(UNAVAILABLE);
    expect((await send(server().url, ME, {}, bearer(accessToken))).errors).toBeUndefined();
    expect(await typesOf(sessionId)).toEqual(['LOGIN_SUCCEEDED']);
    expect((await logout()).data).toEqual({ logout: { ended: true } });
    expect(await typesOf(sessionId)).toEqual(['LOGIN_SUCCEEDED', 'SESSION_ENDED']);
  });

  it('of a login and of a registration: no token, no row, and the retry succeeds', async () => {
    const { email, password } = await registerUser(server().url);
    const account = { email, password, transport: 'BODY' };
    const stranger = { ...account, email: `new-${email}` };
    for (const [query, input] of [
      [LOGIN, account],
      [REGISTER, stranger],
    ] as const) {
      const before = await snapshot(database());
      failNext('not done');
      const failed = await send(server().url, query, { input });
      expect(failed.refusal).toEqual(UNAVAILABLE);
      expect(failed.setCookies).toEqual([]);
      expect(await snapshot(database())).toBe(before);
      expect((await send(server().url, query, { input })).errors).toBeUndefined();
    }
  });
});
