import { newAdmin } from '../support/administration.ts';
import { login } from '../support/client.ts';
import { idBytes } from '../support/databases.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { Browser } from './browser.ts';

const COUNT = 'mutation { revokeSessions(filter: { userAgentContains: "nobody" }) { revokedCount } }';
const NONE = { revokeSessions: { revokedCount: 0 } };

onSqlite('an operation that wants the password proven again', (database) => {
  const server = runServer(database);
  let browser: Browser;
  beforeEach(() => {
    browser = new Browser(`${server().url}/graphql`);
  });
  afterEach(() => browser.close());

  /** A tab of an admin whose password was proven an hour ago; `answers` is what the person types, one by one. */
  async function longAgo(answers: (string | undefined)[]) {
    const admin = await newAdmin(server().url, await login(server().url));
    const asked: unknown[] = [];
    const reauthenticate = async ({ maxAge, error }: { maxAge: number; error?: unknown }) => {
      asked.push([maxAge, (error as { code?: string } | undefined)?.code]);
      const answer = answers.shift();
      return answer === 'right' ? admin.password : answer;
    };
    const { client } = browser.open({ reauthenticate });
    const { session } = await client.login({ email: admin.email, password: admin.password });
    const sql = 'UPDATE sessions SET authenticated_at = authenticated_at - 3600000 WHERE id = ?';
    await database().query(sql, [idBytes(session?.id ?? '')]);
    await client.extend();
    browser.sent.length = 0;
    return { client, asked };
  }

  it('is sent again when it was proven', async () => {
    const { client, asked } = await longAgo(['right']);
    expect(await client.request(COUNT)).toEqual(NONE);
    expect(asked).toEqual([[900, undefined]]);
    expect(browser.sent.length).toBe(3);
    expect(await client.request(COUNT)).toEqual(NONE);
    expect(asked.length).toBe(1);
  });

  it('asks again after a wrong password, and stays signed in', async () => {
    const { client, asked } = await longAgo(['a wrong password', 'right']);
    expect(await client.request(COUNT)).toEqual(NONE);
    expect(asked).toEqual([
      [900, undefined],
      [900, 'INVALID_CREDENTIALS'],
    ]);
  });

  it('is given up when the person declines', async () => {
    const { client } = await longAgo([undefined]);
    await expect(client.request(COUNT)).rejects.toMatchObject({
      code: 'REAUTHENTICATION_REQUIRED',
      maxAge: 900,
    });
    expect(client.state.signedIn).toBe(true);
    expect(browser.sent.length).toBe(1);
  });

  it('shares one prompt with others that want it at the same time', async () => {
    const { client, asked } = await longAgo(['right', 'right', 'right']);
    expect(await Promise.all([1, 2, 3].map(() => client.request(COUNT)))).toEqual([NONE, NONE, NONE]);
    expect(asked.length).toBe(1);
  });

  it('is given its token by a changed password too', async () => {
    const { client } = await longAgo([]);
    const { email } = client.state.user ?? { email: '' };
    const newPassword = 'another horse, another battery';
    const wrong = client.changePassword({ currentPassword: 'wrong, wrong, wrong', newPassword });
    await expect(wrong).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
    expect(client.state.user?.email).toBe(email);
  });
});
