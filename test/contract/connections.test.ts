import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { QueryRunner } from 'typeorm';
import { insertSession, openTestCore, runCores } from '../support/core.ts';
import { createSqlite, idBytes, onEachDatabase, onMysql } from '../support/databases.ts';

const HOUR = 3_600_000;

onEachDatabase('the clock of the database', (database) => {
  const cores = runCores(database);

  it('is UTC in integer milliseconds, however it is asked', async () => {
    const [core] = cores();
    const asked = await core?.database.now();
    const inTransaction = await core?.transactions.run([], async (tx) => tx.now);
    for (const now of [asked, inTransaction]) {
      expect(Number.isInteger(now)).toBe(true);
      expect(Math.abs(Number(now) - Date.now())).toBeLessThan(HOUR / 4);
    }
  });
});

onMysql('the SQL mode', (database) => {
  const cores = runCores(database);

  it('is ours on every connection: backslashes escape, and what does not fit is refused', async () => {
    const modes = await Promise.all(
      Array.from({ length: 8 }, () =>
        cores()[0]?.database.writer.query('SELECT @@sql_mode AS mode, SLEEP(0.05)'),
      ),
    );
    for (const [row] of modes) expect(row.mode).toBe('STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION');
  });
});

describe('the connections to SQLite', () => {
  const pragmas = { journal_mode: 'wal', synchronous: 2, foreign_keys: 1 };

  it('have a write-ahead log, full durability and foreign keys, the writing and the reading one', async () => {
    const database = await createSqlite();
    const core = await openTestCore(database);
    const { writer, reader } = core.database;
    expect(reader).not.toBe(writer);
    // The writer waits for another process without stopping this one (begin-commit.ts).
    expect(await writer.query('PRAGMA busy_timeout')).toEqual([{ timeout: 0 }]);
    for (const connection of [writer, reader]) {
      for (const [name, value] of Object.entries(pragmas)) {
        const [row] = await connection.query<Record<string, unknown>[]>(`PRAGMA ${name}`);
        expect({ [name]: Object.values(row ?? {})[0] }).toEqual({ [name]: value });
      }
    }
    await core.close();
    await database.drop();
  });

  it('are to files that their owner alone may read, whatever the umask', async () => {
    const database = await createSqlite();
    const before = process.umask(0);
    const core = await openTestCore(database).finally(() => process.umask(before));
    await core.database.migrate();
    const path = database.url.slice('sqlite:'.length);
    for (const file of [path, `${path}-wal`, `${path}-shm`])
      expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
    await core.close();
    await database.drop();
  });
});

onMysql('the connections to MySQL', (database) => {
  const cores = runCores(database, 2);
  const core = (index: number) => {
    const found = cores()[index];
    if (found === undefined) throw new Error('No such core is open.');
    return found;
  };

  /** Takes so many connections of the pool at once, and says what `ask` finds on each. */
  async function onEachConnection<T>(count: number, ask: (runner: QueryRunner) => Promise<T>): Promise<T[]> {
    const runners = Array.from({ length: count }, () => core(0).database.writer.createQueryRunner());
    try {
      await Promise.all(runners.map((runner) => runner.connect()));
      return await Promise.all(runners.map(ask));
    } finally {
      await Promise.all(runners.map((runner) => runner.release()));
    }
  }

  it('are in UTC, READ COMMITTED and of short patience, every one of the pool, the first one too', async () => {
    const found = await onEachConnection(16, async (runner) => {
      // The server names the isolation level differently by brand and version.
      const rows: { Variable_name: string; Value: string }[] = await runner.query(
        "SHOW SESSION VARIABLES WHERE Variable_name IN ('time_zone', 'tx_isolation', 'transaction_isolation', 'innodb_lock_wait_timeout')",
      );
      const [{ id }] = await runner.query('SELECT CONNECTION_ID() AS id');
      const values = new Map(rows.map((row) => [row.Variable_name, row.Value]));
      return {
        id: Number(id),
        zone: values.get('time_zone'),
        isolation: values.get('transaction_isolation') ?? values.get('tx_isolation'),
        patience: values.get('innodb_lock_wait_timeout'),
      };
    });
    expect(new Set(found.map(({ id }) => id)).size).toBe(16);
    for (const { id: _, ...settings } of found)
      expect(settings).toEqual({ zone: '+00:00', isolation: 'READ-COMMITTED', patience: '5' });
  });

  it('compare text as bytes', async () => {
    const [row] = await core(0).database.writer.query(
      "SELECT 'ádmin' = 'admin' AS accent, 'Admin' = 'admin' AS letter_case, 'ß' = 'ss' AS sharp",
    );
    expect(Object.values(row).map(Number)).toEqual([0, 0, 0]);
  });

  it('read the time after the wait for a lock, not before it', async () => {
    const session = await insertSession(core(0));
    let releasedAt = 0;
    let release: () => void = () => undefined;
    const mayEnd = new Promise<void>((resolve) => {
      release = resolve;
    });
    let entered: () => void = () => undefined;
    const holds = new Promise<void>((resolve) => {
      entered = resolve;
    });
    const holder = core(0).transactions.run([session.userId], async () => {
      entered();
      await mayEnd;
      releasedAt = await core(1).database.now();
    });
    await holds;
    const waiter = core(1).transactions.run([session.userId], async (tx) => tx.now);
    // The control: what NOW would have said in the same statement.
    const control = core(1).database.writer.query<{ started: string }[]>(
      'SELECT CAST(ROUND(UNIX_TIMESTAMP(NOW(3)) * 1000) AS SIGNED) AS started FROM users WHERE id = ? FOR UPDATE',
      [idBytes(session.userId)],
    );
    await waitingForLocks(2);
    release();
    await holder;
    expect(await waiter).toBeGreaterThanOrEqual(releasedAt);
    expect(Number((await control)[0]?.started)).toBeLessThan(releasedAt);
  });

  /** Until so many transactions wait for a lock. */
  async function waitingForLocks(count: number): Promise<void> {
    for (;;) {
      const waiting = await database().query(
        `SELECT trx_id FROM information_schema.innodb_trx t JOIN information_schema.processlist p
          ON p.id = t.trx_mysql_thread_id WHERE trx_state = 'LOCK WAIT' AND p.db = DATABASE()`,
      );
      if (waiting.length >= count) return;
      // InnoDB renews what it shows here only when nobody has looked for a tenth of a second.
      await sleep(150);
    }
  }
});
