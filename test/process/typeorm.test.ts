import { statSync } from 'node:fs';
import { onEachDatabase } from '../support/databases.ts';
import { MIGRATIONS } from '../support/migrations.ts';
import { CHECKOUT, start, withProcesses } from '../support/processes.ts';
import { SECRET, startTestServer } from '../support/server.ts';

onEachDatabase("TypeORM's own command line", (database) => {
  withProcesses();

  async function typeorm(command: string): Promise<string> {
    const env = { DATABASE_URL: database().url, PORTCULLIS_SECRET: SECRET };
    const args = ['run', '--silent', 'typeorm', '--', command];
    const { status, stdout, stderr } = await start('npm', args, { cwd: CHECKOUT, env }).outcome();
    if (status !== 0) throw new Error(`typeorm ${command}: ${stderr}`);
    return stdout;
  }

  it('shows the migrations, runs them, and leaves nothing for the server to do', async () => {
    expect(await typeorm('migration:show')).toContain('[ ] InitialSchema');
    expect(await typeorm('migration:run')).toContain(
      'InitialSchema1763769600000 has been executed successfully',
    );
    expect(await typeorm('migration:show')).toMatch(/\[X\] \d+ InitialSchema/);
    const file = database().url.replace('sqlite:', '');
    if (database().kind === 'sqlite') expect(statSync(file).mode & 0o777).toBe(0o600);

    const server = await startTestServer(database());
    try {
      expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    } finally {
      await server.stop();
    }
    const ran = await database().query('SELECT name FROM migrations ORDER BY id');
    expect(ran.map(({ name }) => name)).toEqual(MIGRATIONS);
  });
});
