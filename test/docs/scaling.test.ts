import {
  bearer,
  LOGOUT,
  login,
  MY_SESSIONS,
  REVOKE_SESSION,
  refreshWith,
  registerUser,
  send,
} from '../support/client.ts';
import { onMysql } from '../support/databases.ts';
import { runServer } from '../support/running.ts';
import { statementsOf } from '../support/statements.ts';
import { tableRows } from './markdown.ts';

onMysql('docs/scaling.md counts the statements of an operation', (database) => {
  const server = runServer(database, { LOGIN_THROTTLE: 'on' });

  it('as they are sent', async () => {
    const { url } = server();
    const user = await registerUser(url);
    const [first, second] = [await login(url, user), await login(url, user)];
    const { accessToken, refreshToken } = first;
    const counts = {
      '`login`': await count(() => login(url, user)),
      '`mySessions`': await count(() => send(url, MY_SESSIONS, { first: 10 }, bearer(accessToken))),
      '`refresh` that rotates': await count(() => refreshWith(url, refreshToken)),
      '`refresh` again within the window': await count(() => refreshWith(url, refreshToken)),
      '`logout`': await count(() => send(url, LOGOUT, { input: { refreshToken } })),
      '`revokeSession`': await count(() =>
        send(url, REVOKE_SESSION, { id: second.sessionId }, bearer(second.accessToken)),
      ),
    };
    expect(documented()).toMatchObject(counts);
  });

  async function count(work: () => Promise<unknown>): Promise<number> {
    return (await statementsOf(work)).length;
  }
});

/** The first number of each row of the table. */
function documented(): Record<string, number> {
  const rows = tableRows('docs/scaling.md', 'What the database carries');
  return Object.fromEntries(
    rows.map(([operation = '', statements = '']) => [operation, Number.parseInt(statements, 10)]),
  );
}
