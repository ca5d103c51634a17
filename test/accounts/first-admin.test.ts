import { createFirstAdmin, type FirstAdminTransaction } from '../../src/accounts/first-admin.ts';
import { type Core, openCore } from '../../src/core.ts';
import { createLogger } from '../../src/log.ts';
import { loadSettings } from '../../src/settings/load.ts';
import { onEachDatabase } from '../support/databases.ts';
import { count } from '../support/rows.ts';
import { testEnvironment } from '../support/server.ts';

onEachDatabase('the first admin', (database) => {
  let core: Core;
  beforeAll(async () => {
    core = await openCore(loadSettings(testEnvironment(database())), createLogger('silent'));
    await core.database.migrate();
  });
  afterAll(() => core.close());

  function transact<T>(work: (tx: FirstAdminTransaction) => Promise<T>): Promise<T> {
    return core.transactions.run([], work);
  }

  it('is the one of the instance that was quicker, while another one was hashing', async () => {
    const configured = { email: 'admin@example.com', password: undefined, mustBeStrong: false };
    let looks = 0;
    const slower = await createFirstAdmin(core.accounts, configured, async (work) => {
      looks += 1;
      if (looks === 2) await createFirstAdmin(core.accounts, configured, transact);
      return transact(work);
    });
    expect(slower).toBeUndefined();
    expect(await count(database(), 'users')).toBe(1);
  });

  it('is not made where there are accounts', async () => {
    const other = { email: 'other@example.com', password: undefined, mustBeStrong: false };
    expect(await createFirstAdmin(core.accounts, other, transact)).toBeUndefined();
    expect(await count(database(), 'users')).toBe(1);
  });
});
