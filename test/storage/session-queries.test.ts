import { insertEvents, insertSessions, insertUsers } from '../support/bulk-rows.ts';
import {
  bearer,
  LOGOUT,
  login,
  MY_SESSIONS,
  REVOKE_SESSION,
  refreshWith,
  registerUser,
  send,
  type Tokens,
} from '../support/client.ts';
import { idBytes, onEachDatabase } from '../support/databases.ts';
import { planProblems } from '../support/query-plans.ts';
import { runServer } from '../support/running.ts';
import { statementsOf } from '../support/statements.ts';
import { until } from '../support/until.ts';

const OTHERS = 2_000;
const OWN = 1_000;

/** What an index can help: the rest inserts, or begins and ends. */
const FINDS = /^(SELECT|UPDATE|DELETE)\b.*\b(sessions|users|audit_events|revocation_feed)\b/i;

onEachDatabase('I9 among the sessions of thousands, and a thousand of one’s own', (database) => {
  // Its purges run every second.
  const server = runServer(database, { SESSION_RETENTION: '1h', AUDIT_RETENTION: '1s' });
  let user: Tokens & { email: string; password: string };
  beforeAll(async () => {
    user = await registerUser(server().url);
    const users = await insertUsers(database(), OTHERS);
    await insertSessions(database(), [...users, ...users, ...Array<string>(OWN).fill(user.userId)]);
    await insertEvents(database(), OTHERS, (index) => ({
      at: Date.now() + 3_600_000,
      user_id: idBytes(users[index] ?? ''),
    }));
    for (const table of ['users', 'sessions', 'audit_events']) {
      await database().query(database().kind === 'mysql' ? `ANALYZE TABLE ${table}` : `ANALYZE ${table}`);
    }
  });

  const fresh = () => login(server().url, user);

  const OPERATIONS: Readonly<Record<string, (tokens: Tokens) => Promise<unknown>>> = {
    login: fresh,
    refresh: ({ refreshToken }) => refreshWith(server().url, refreshToken),
    mySessions: ({ accessToken }) => send(server().url, MY_SESSIONS, { first: 10 }, bearer(accessToken)),
    revokeSession: ({ sessionId, accessToken }) =>
      send(server().url, REVOKE_SESSION, { id: sessionId }, bearer(accessToken)),
    logout: ({ refreshToken }) => send(server().url, LOGOUT, { input: { refreshToken } }),
    'a purge': async () => {
      const ended = { ended_at: 1, end_reason: 'LOGOUT' };
      await insertSessions(database(), [user.userId], () => ended);
      const left = 'SELECT id FROM sessions WHERE ended_at = 1';
      await until(async () => (await database().query(left)).length === 0);
    },
  };

  it.each(Object.entries(OPERATIONS))('%s finds every row by an index', async (_, operate) => {
    const tokens = await fresh();
    const statements = (await statementsOf(() => operate(tokens))).filter(({ sql }) => FINDS.test(flat(sql)));
    expect(statements).not.toEqual([]);
    for (const statement of statements) expect(await planProblems(database(), statement)).toEqual([]);
  });
});

function flat(sql: string): string {
  return sql.replaceAll(/\s+/g, ' ').trim();
}
