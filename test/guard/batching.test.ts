import type { RowDataPacket } from 'mysql2/promise';
import { Database } from '../../src/storage/database.ts';
import { StateQuery } from '../../src/storage/state-query.ts';
import { burst } from '../support/burst.ts';
import {
  bearer,
  LOGOUT,
  login,
  ME,
  MY_SESSIONS,
  registerUser,
  send,
  type Tokens,
} from '../support/client.ts';
import { onEachDatabase, onMysql } from '../support/databases.ts';
import { runServer } from '../support/running.ts';

const REQUESTS = 200;
const HANDFUL = 10;
const ID_AND_EMAIL = '{ me { id email } }';

/** The ids of each state query that is sent from now on. */
function watchStateQueries(): string[][] {
  const batches: string[][] = [];
  const load = StateQuery.prototype.loadStates;
  jest.spyOn(StateQuery.prototype, 'loadStates').mockImplementation(function (this: StateQuery, ids) {
    batches.push([...ids]);
    return load.call(this, ids);
  });
  return batches;
}

async function signInOften(url: string, times: number): Promise<Tokens[]> {
  const user = await registerUser(url);
  return Promise.all(Array.from({ length: times }, () => login(url, user)));
}

function requestsOf(tokens: readonly Tokens[]) {
  return Array.from({ length: REQUESTS }, (_, index) => ({
    query: ID_AND_EMAIL,
    accessToken: tokens[index % tokens.length]?.accessToken ?? '',
  }));
}

afterEach(() => jest.restoreAllMocks());

onEachDatabase('the state of sessions is loaded in batches', (database) => {
  const server = runServer(database);

  it('that span all requests of the moment: 200 of them take a handful of queries', async () => {
    const tokens = await signInOften(server().url, 20);
    const batches = watchStateQueries();
    const answers = await burst(server().url, requestsOf(tokens));
    const user = { id: tokens[0]?.userId, email: expect.stringContaining('@') };
    expect(answers).toEqual(answers.map(() => ({ data: { me: user } })));
    expect(batches.length).toBeGreaterThan(0);
    expect(batches.length).toBeLessThanOrEqual(HANDFUL);
    expect(new Set(batches.flat())).toEqual(new Set(tokens.map(({ sessionId }) => sessionId)));
    for (const ids of batches) expect(new Set(ids).size).toBe(ids.length);
  });

  it('of one id for a request with fourteen protected fields', async () => {
    const [tokens] = await signInOften(server().url, 1);
    const fields = Array.from({ length: 7 }, (_, index) => [
      `me${index}: me { id }`,
      `sessions${index}: mySessions { id user { id } }`,
    ]).flat();
    const batches = watchStateQueries();
    const answer = await send(server().url, `{ ${fields.join(' ')} }`, {}, bearer(tokens?.accessToken ?? ''));
    expect(answer.errors).toBeUndefined();
    expect(Object.keys(answer.data)).toHaveLength(14);
    expect(batches).toEqual([[tokens?.sessionId]]);
  });

  it('and not kept: the next request asks again, and sees what has changed', async () => {
    const [tokens] = await signInOften(server().url, 1);
    const { accessToken = '', refreshToken = '' } = tokens ?? {};
    const batches = watchStateQueries();
    for (const query of [ME, ME, MY_SESSIONS])
      expect((await send(server().url, query, {}, bearer(accessToken))).errors).toBeUndefined();
    expect(batches).toHaveLength(3);
    await send(server().url, LOGOUT, { input: { refreshToken } });
    expect((await send(server().url, ME, {}, bearer(accessToken))).refusal).toMatchObject({
      endReason: 'LOGOUT',
    });
    expect(batches).toHaveLength(4);
  });

  it('with none for a request that names no session, or not a proven one', async () => {
    const [tokens] = await signInOften(server().url, 1);
    const batches = watchStateQueries();
    expect((await send(server().url, ME)).refusal).toMatchObject({ reason: 'MISSING' });
    const forged = `${tokens?.accessToken.slice(0, -10)}AAAAAAAAAA`;
    expect((await send(server().url, ME, {}, bearer(forged))).refusal).toMatchObject({ reason: 'INVALID' });
    expect(batches).toEqual([]);
  });
});

onMysql('the statements that reach MySQL', (database) => {
  let opened: Database | undefined;
  beforeAll(() => {
    const open = Database.open;
    jest.spyOn(Database, 'open').mockImplementationOnce(async (settings) => {
      opened = await open(settings);
      return opened;
    });
  });
  const server = runServer(database);

  /** Prepared statements that the server counted, on all connections of the state query. */
  async function executions(): Promise<number> {
    if (opened === undefined) throw new Error('The server has not opened its database.');
    const states = opened.states?.promise();
    if (states === undefined) throw new Error('The state query has no connections.');
    const ask = "SHOW SESSION STATUS LIKE 'Com_stmt_execute'";
    // Each asks as soon as it is taken: one on which nothing comes for too long is given up.
    const asked = Array.from({ length: 4 }, async () => {
      const connection = await states.getConnection();
      const [found] = await connection.query<RowDataPacket[]>(ask);
      return { connection, found };
    });
    const answered = await Promise.all(asked);
    for (const { connection } of answered) connection.release();
    const rows = answered.flatMap(({ found }) => found);
    return rows.reduce((sum, row) => sum + Number(row['Value']), 0);
  }

  it('are a handful for 200 requests at once', async () => {
    const tokens = await signInOften(server().url, 20);
    const before = await executions();
    const answers = await burst(server().url, requestsOf(tokens));
    expect(JSON.stringify(answers)).not.toContain('errors');
    const sent = (await executions()) - before;
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThanOrEqual(HANDFUL);
  });
});
