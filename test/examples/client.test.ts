import { join } from 'node:path';
import { registerUser } from '../support/client.ts';
import { CHECKOUT, newFolder, start, withProcesses } from '../support/processes.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { ADMIN } from '../support/server.ts';

onSqlite('the examples of the client', (database) => {
  withProcesses();
  const server = runServer(database);

  function run(example: string, env: NodeJS.ProcessEnv, ...args: string[]) {
    const program = join(CHECKOUT, 'examples', example, 'main.mjs');
    return start(process.execPath, [program, ...args], {
      env: { URL: `${server().url}/graphql`, ...env },
    }).outcome();
  }

  it('examples/fetch signs in, is signed in at the next start, and signs out', async () => {
    const { email, password } = await registerUser(server().url);
    const TOKEN_FILE = join(newFolder(), 'token');
    const first = await run('fetch', { EMAIL: email, PASSWORD: password, TOKEN_FILE });
    expect(first).toMatchObject({ status: 0, stderr: '' });
    expect(first.stdout).toContain(`${email} is signed in on\n  terminal, `);
    expect(first.stdout.split('(this one)').length).toBe(2);
    expect(await run('fetch', { TOKEN_FILE })).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(email),
    });
    expect((await run('fetch', { TOKEN_FILE }, 'logout')).stdout).toBe('Signed out.\n');
    expect((await run('fetch', { TOKEN_FILE })).stdout).toBe('Signed out. Set EMAIL and PASSWORD.\n');
  });

  it('examples/apollo-client asks through the link', async () => {
    expect(await run('apollo-client', { EMAIL: ADMIN.email, PASSWORD: ADMIN.password })).toEqual({
      status: 0,
      signal: null,
      stderr: '',
      stdout: `${ADMIN.email} has the roles USER, ADMIN\nSessions not used since 2020: 0\n`,
    });
  });
});
