import { randomUUID } from 'node:crypto';
import type { Transactions } from '../../src/storage/transactions.ts';
import { changePassword, transactionsOf } from '../support/change-password.ts';
import { login, registerUser } from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { withGaps, withoutLocks } from '../support/sabotage.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { repeatedly } from './repeat.ts';
import { loginAgainstPasswordChange, type RevocationScene } from './revocation-races.ts';

// Many requests and many hashes: on a loaded machine they take a while.
jest.setTimeout(180_000);

onEachDatabase('a login against a change of its password', (database) => {
  let server: TestServer;
  let transactions: Transactions;
  let scene: RevocationScene;
  let password: string;
  beforeAll(async () => {
    [server, transactions] = await transactionsOf(() => startTestServer(database()));
    const account = await registerUser(server.url);
    ({ password } = account);
    const admin = await login(server.url);
    scene = { urls: [server.url], database: database(), account, admin };
  });
  afterAll(() => server.stop());

  async function race(): Promise<string[]> {
    const next = randomUUID();
    const old = { email: scene.account.email, password };
    password = next;
    return loginAgainstPasswordChange(scene, old, () =>
      changePassword(transactions, scene.account.userId, next),
    );
  }

  it('C9 leaves no session that the old password opened', async () => {
    expect(await repeatedly(15, race)).toEqual([]);
    expect(await withGaps(() => repeatedly(10, race))).toEqual([]);
    await login(server.url, { email: scene.account.email, password });
  });

  it('C9 would be noticed without the lock under which the login looks again', async () => {
    expect(await withoutLocks(() => repeatedly(40, race))).not.toEqual([]);
  });
});
