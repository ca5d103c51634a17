import { once } from 'node:events';
import { createConnection } from 'mysql2/promise';
import { insertSession, runCores } from '../support/core.ts';
import { idBytes, onMysql } from '../support/databases.ts';

/**
 * A refresh that its client has given up may get its locks long after a retry has moved the session on; what it would then
 * decide signs out an honest client.
 */
onMysql('work whose caller has given up while it waited for the lock', (database) => {
  const cores = runCores(database);

  it('does not run when the lock comes', async () => {
    const [core] = cores();
    if (core === undefined) throw new Error('no core');
    const session = await insertSession(core);
    const holder = await createConnection(database().url);
    await holder.query('START TRANSACTION');
    await holder.query('SELECT id FROM users WHERE id = ? FOR UPDATE', [idBytes(session.userId)]);

    const caller = new AbortController();
    let ran = false;
    const work = core.transactions.run(
      [session.userId],
      async () => {
        ran = true;
      },
      caller.signal,
    );
    const refused = expect(work).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    setTimeout(() => caller.abort(), 200);
    await once(caller.signal, 'abort');
    await holder.query('COMMIT');
    await refused;
    await holder.end();
    expect(ran).toBe(false);

    const found = await core.transactions.run([session.userId], async (tx) => tx.session(session.id));
    expect(found?.id).toBe(session.id);
  });
});
