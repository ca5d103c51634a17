import { ACTIVITY, AUDIT_EVENTS, REVOKE_SESSIONS, SESSIONS, USER, USERS } from '../support/administration.ts';
import { insertEvents, insertSessions, insertUsers } from '../support/bulk-rows.ts';
import { bearer, login, send, type Tokens } from '../support/client.ts';
import { idBytes, onEachDatabase } from '../support/databases.ts';
import { planProblems } from '../support/query-plans.ts';
import { runServer } from '../support/running.ts';
import { statementsOf } from '../support/statements.ts';

const USERS_COUNT = 3_000;
const ROWS = 12_000;
const TYPES = ['LOGIN_SUCCEEDED', 'LOGIN_FAILED', 'SESSION_ENDED', 'ROLES_CHANGED'];

onEachDatabase('I9 the lists among some thousand rows', (database) => {
  const server = runServer(database);
  let admin: Tokens;
  let userIds: string[];
  let sessionIds: string[];
  const start = Date.now() - ROWS * 60_000;
  beforeAll(async () => {
    admin = await login(server().url);
    userIds = await insertUsers(database(), USERS_COUNT);
    const owners = Array.from({ length: ROWS }, (_, index) => userIds[index % USERS_COUNT] ?? '');
    sessionIds = await insertSessions(database(), owners, (index) => ({
      created_at: start + index * 60_000,
      last_seen_at: start + index * 60_000 + 30_000,
      ended_at: index % 3 === 0 ? start + index * 60_000 + 40_000 : null,
      end_reason: index % 3 === 0 ? 'LOGOUT' : null,
      ip_address: `10.0.${index % 50}.1`,
    }));
    await insertEvents(database(), ROWS, (index) => ({
      at: start + index * 60_000,
      type: TYPES[index % TYPES.length] ?? '',
      user_id: idBytes(owners[index] ?? ''),
      session_id: idBytes(sessionIds[index] ?? ''),
    }));
    for (const table of ['users', 'sessions', 'audit_events']) {
      await database().query(database().kind === 'mysql' ? `ANALYZE TABLE ${table}` : `ANALYZE ${table}`);
    }
  });
  const ask = async (query: string, variables: object) => {
    const answer = await send(server().url, query, variables, bearer(admin.accessToken));
    if (answer.errors !== undefined) throw new Error(answer.text);
    return answer;
  };
  const time = (index: number) => new Date(start + index * 60_000).toISOString();

  /** What is asked for, and how many statements that takes. */
  const LISTS: readonly (readonly [string, string, () => object, number])[] = [
    ['a user', USER, () => ({ id: userIds[7] }), 1],
    ['users', USERS, () => ({}), 1],
    ['users by prefix', USERS, () => ({ search: userIds[7]?.slice(0, 9) }), 1],
    ['sessions', SESSIONS, () => ({}), 2],
    ['sessions with ended ones', SESSIONS, () => ({ filter: { includeEnded: true } }), 2],
    ['sessions of a user', SESSIONS, () => ({ filter: { userId: userIds[7] } }), 2],
    [
      'sessions of a user with ended ones',
      SESSIONS,
      () => ({ filter: { userId: userIds[7], includeEnded: true } }),
      2,
    ],
    ['sessions of an address', SESSIONS, () => ({ filter: { ipAddress: '10.0.7.1' } }), 2],
    [
      'sessions of an address and a browser',
      SESSIONS,
      () => ({ filter: { ipAddress: '10.0.7.1', userAgentContains: 'Bulk' } }),
      2,
    ],
    ['sessions begun before', SESSIONS, () => ({ filter: { createdBefore: time(500) } }), 2],
    ['sessions last used before', SESSIONS, () => ({ filter: { lastSeenBefore: time(500) } }), 2],
    [
      'sessions of a user begun before',
      SESSIONS,
      () => ({ filter: { userId: userIds[7], createdBefore: time(9_000) } }),
      2,
    ],
    ['events', AUDIT_EVENTS, () => ({}), 1],
    ['events of a user', AUDIT_EVENTS, () => ({ filter: { userId: userIds[7] } }), 1],
    ['events of a session', AUDIT_EVENTS, () => ({ filter: { sessionId: sessionIds[7] } }), 1],
    ['events of a type', AUDIT_EVENTS, () => ({ filter: { types: ['LOGIN_FAILED'] } }), 1],
    [
      'events of two types',
      AUDIT_EVENTS,
      () => ({ filter: { types: ['LOGIN_FAILED', 'ROLES_CHANGED'] } }),
      2,
    ],
    [
      'events of a user and a type',
      AUDIT_EVENTS,
      () => ({ filter: { userId: userIds[7], types: ['LOGIN_FAILED'] } }),
      1,
    ],
    ['events since', AUDIT_EVENTS, () => ({ filter: { since: time(ROWS - 500) } }), 1],
  ];

  it.each(LISTS)('%s: no query a row', async (_, query, variables, expected) => {
    for (const first of [1, 20, 200]) {
      const page = query === USER ? variables() : { ...variables(), first };
      const statements = await statementsOf(() => ask(query, page));
      expect(statements.map(({ sql }) => sql)).toHaveLength(expected);
    }
  });

  it.each(LISTS)('%s: an index finds the rows, in their order', async (_, query, variables) => {
    for (const { sql, parameters } of await statementsOf(() => ask(query, variables()))) {
      expect(await planProblems(database(), { sql, parameters })).toEqual([]);
    }
  });

  it.each(LISTS.filter(([, query]) => query !== USER))(
    '%s: the next page is found as well as the first one',
    async (_, query, variables) => {
      const answer = await ask(query, { ...variables(), first: 2 });
      const [connection] = Object.values<{ pageInfo: { endCursor: string | null } }>(answer.data);
      const after = connection?.pageInfo.endCursor;
      for (const { sql, parameters } of await statementsOf(() => ask(query, { ...variables(), after }))) {
        expect(await planProblems(database(), { sql, parameters })).toEqual([]);
      }
    },
  );

  it('activity: one query, which reads no more than the hours that are asked for', async () => {
    for (let hour = 0; hour < 2_000; hour++)
      await database().query('INSERT INTO activity_hours (hour, kind, count) VALUES (?, ?, 1)', [
        hour * 3_600_000,
        'LOGIN',
      ]);
    const statements = await statementsOf(() => ask(ACTIVITY, {}));
    expect(statements).toHaveLength(1);
    for (const statement of statements) expect(await planProblems(database(), statement)).toEqual([]);
  });

  /** What `revokeSessions` may be asked, of those. */
  const COUNTS = LISTS.filter(([title]) => /^sessions (of|begun|last)/.test(title) && !/ended/.test(title));

  it.each(COUNTS)('%s: counted by a dry run of revokeSessions with an index', async (_, __, variables) => {
    const counting = await statementsOf(() => ask(REVOKE_SESSIONS, variables()));
    const selects = counting.filter(({ sql }) => sql.includes('COUNT('));
    expect(selects).toHaveLength(1);
    for (const { sql, parameters } of selects)
      expect(await planProblems(database(), { sql, parameters })).toEqual([]);
  });

  it('would notice a list that reads every row', async () => {
    expect(
      await planProblems(database(), {
        sql: 'SELECT id FROM sessions WHERE device_name = ?',
        parameters: ['x'],
      }),
    ).not.toEqual([]);
    const sorted = 'SELECT id FROM sessions WHERE ip_address = ? ORDER BY last_seen_at DESC LIMIT 3';
    expect(await planProblems(database(), { sql: sorted, parameters: ['10.0.7.1'] })).not.toEqual([]);
  });
});
