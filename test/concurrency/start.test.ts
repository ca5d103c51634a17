import { onEachDatabase, type TestDatabase } from '../support/databases.ts';
import { MIGRATIONS } from '../support/migrations.ts';
import { count } from '../support/rows.ts';
import { withoutStartLock, withSlowStart } from '../support/sabotage.ts';
import { startTestServer } from '../support/server.ts';

/** How many rows of each there are when everything was made once. */
const MADE_ONCE = {
  migrations: MIGRATIONS.length,
  users: 1,
  signing_keys: 1,
  signing_key_epoch: 1,
  feed_counter: 1,
};

async function empty(database: TestDatabase): Promise<void> {
  for (const table of [
    'sessions',
    'audit_events',
    'revocation_feed',
    'login_buckets',
    'activity_hours',
    ...Object.keys(MADE_ONCE),
  ])
    await database.query(`DROP TABLE IF EXISTS ${table}`);
}

/** Three instances start at once on an empty database: all of them run then, and what a first start makes is there once. */
async function startAtOnce(database: TestDatabase): Promise<string[]> {
  await empty(database);
  const starts = await Promise.allSettled(Array.from({ length: 3 }, () => startTestServer(database)));
  const servers = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const violations = starts.flatMap((start) =>
    start.status === 'rejected' ? [`a start failed: ${start.reason}`] : [],
  );
  for (const [table, expected] of Object.entries(MADE_ONCE)) {
    const rows = await count(database, table);
    if (rows !== expected) violations.push(`${rows} ${table}`);
  }
  const admins = servers.filter(({ firstAdmin }) => firstAdmin !== undefined).length;
  if (admins !== 1) violations.push(`${admins} of them made the first admin`);
  await Promise.all(servers.map((server) => server.stop()));
  return violations;
}

onEachDatabase('instances that start at once on one empty database', (database) => {
  it('make what a first start makes once', async () => {
    expect(await startAtOnce(database())).toEqual([]);
    expect(await withSlowStart(() => startAtOnce(database()))).toEqual([]);
  });

  it('would be noticed without the lock of the start', async () => {
    // TypeORM prints migrations that fail.
    const print = jest.spyOn(console, 'log').mockImplementation(() => undefined);
    expect(await withoutStartLock(() => startAtOnce(database()))).not.toEqual([]);
    print.mockRestore();
  });
});
