import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { sqlitePackage } from '../../src/storage/sqlite-driver.ts';
import { insertSession, openTestCore } from '../support/core.ts';
import { createSqlite } from '../support/databases.ts';

/** Holds SQLite's write lock for some tenths of a second, as the command line does beside a running server. */
const HOLDER = `
  const database = new (require(process.argv[1]))(process.argv[2]);
  database.exec('BEGIN IMMEDIATE');
  database.exec("UPDATE sessions SET device_name = 'renamed by another process'");
  process.stdout.write('holding');
  setTimeout(() => database.exec('COMMIT'), 400);
`;

describe('a second process on one SQLite file', () => {
  it('makes a transaction wait, not fail; reads go on beside it', async () => {
    const database = await createSqlite();
    const core = await openTestCore(database);
    await core.database.migrate();
    const session = await insertSession(core);
    const holder = spawn(process.execPath, [
      '-e',
      HOLDER,
      sqlitePackage(),
      database.url.slice('sqlite:'.length),
    ]);
    const exited = once(holder, 'exit');
    await once(holder.stdout, 'data');
    expect(await core.sessions.find(session.id)).toMatchObject({ deviceName: null });
    let turns = 0;
    const turning = setInterval(() => turns++, 5);
    const seen = await core.transactions.run([session.userId], async (tx) => {
      const read = await tx.session(session.id);
      if (read !== undefined) await tx.updateSession(read, { generation: 1 });
      return read;
    });
    clearInterval(turning);
    // The process goes on with other work while it waits.
    expect(turns).toBeGreaterThan(1);
    // What the other one committed while this one waited is what this one works on.
    expect(seen).toMatchObject({ deviceName: 'renamed by another process' });
    expect(await core.sessions.find(session.id)).toMatchObject({ generation: 1 });
    expect(await exited).toEqual([0, null]);
    await core.close();
    await database.drop();
  });
});
