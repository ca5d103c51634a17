import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { onEachDatabase } from '../support/databases.ts';
import { MIGRATIONS } from '../support/migrations.ts';
import {
  newFolder,
  operatorEnvironment,
  portcullis,
  portcullisJson,
  withProcesses,
} from '../support/processes.ts';
import { count } from '../support/rows.ts';

onEachDatabase('migrate', (database) => {
  withProcesses();

  it('brings the schema, says what ran, and creates neither keys nor users', async () => {
    const env = operatorEnvironment(database());
    const unready = await portcullis(['user', 'list'], { env });
    expect(unready.status).toBe(1);
    expect(unready.stderr).toContain('run portcullis migrate or start the server');

    const first = await portcullis(['migrate'], { env });
    expect(first).toMatchObject({ status: 0, stdout: MIGRATIONS.map((name) => `Ran ${name}\n`).join('') });
    expect([await count(database(), 'users'), await count(database(), 'signing_keys')]).toEqual([0, 0]);
    expect(await portcullisJson(['migrate'], { env })).toEqual({ migrations: [] });
    expect(await portcullis(['user', 'list'], { env })).toMatchObject({
      status: 0,
      stdout: 'There are no accounts.\n',
    });
  });
});

onEachDatabase('migrate on an empty database, several times at once', (database) => {
  withProcesses();

  it('runs each migration once', async () => {
    const env = operatorEnvironment(database());
    const runs = await Promise.all([1, 2, 3].map(() => portcullisJson(['migrate'], { env })));
    expect(runs.flatMap(({ migrations }) => migrations)).toEqual(MIGRATIONS);
    expect(await count(database(), 'migrations')).toBe(MIGRATIONS.length);
  });
});

describe('a command where there is no database', () => {
  withProcesses();

  it.each([
    [['user', 'list']],
    [['user', 'create', 'ada@example.com']],
    [['session', 'list', 'ada@example.com']],
    [['session', 'revoke', '0198b2a4-6c1e-7d3f-9a50-1f2e3d4c5b6a']],
    [['revoke-all', 'ada@example.com']],
    [['user', 'reset-password', 'ada@example.com']],
    [['audit', 'tail', '--follow']],
  ])('creates none and says what to do: %j', async (args) => {
    const cwd = newFolder();
    const { status, stdout, stderr } = await portcullis(args, { cwd });
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      'portcullis: There is no database at data/portcullis.sqlite: ' +
        'run portcullis migrate or start the server, or set DATABASE_URL.\n',
    );
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('migrate makes it, readable to its owner alone', async () => {
    const cwd = newFolder();
    expect((await portcullis(['migrate'], { cwd })).status).toBe(0);
    expect(statSync(join(cwd, 'data/portcullis.sqlite')).mode & 0o777).toBe(0o600);
    expect(existsSync(join(cwd, 'data/portcullis.sqlite.secret'))).toBe(false);
  });
});
