import { registerUser } from '../support/client.ts';
import { onMysql } from '../support/databases.ts';
import { operatorEnvironment, portcullis, portcullisJson, withProcesses } from '../support/processes.ts';
import { runServer } from '../support/running.ts';
import { ADMIN } from '../support/server.ts';

onMysql('user list', (database) => {
  withProcesses();
  const server = runServer(database);
  const list = ['user', 'list'];
  const users: string[] = [];
  beforeAll(async () => {
    for (let n = 0; n < 4; n++) users.push((await registerUser(server().url)).email);
  });

  it('shows all accounts as a table, by e-mail', async () => {
    const { status, stdout } = await portcullis(list, { env: operatorEnvironment(database()) });
    expect(status).toBe(0);
    const [heading, ...rows] = stdout.trimEnd().split('\n');
    expect(heading).toMatch(/^ID +E-MAIL +ROLE +STATUS +CREATED$/);
    expect(rows.map((row) => row.split(/ {2,}/).slice(1, 4))).toEqual([
      [ADMIN.email, 'ADMIN', 'ACTIVE'],
      ...users.map((email) => [email, 'USER', 'ACTIVE']),
    ]);
  });

  it('prints JSON that holds no password hash', async () => {
    const [admin] = await portcullisJson(list, { env: operatorEnvironment(database()) });
    expect(admin).toEqual({
      id: expect.any(String),
      email: ADMIN.email,
      displayName: null,
      roles: ['USER', 'ADMIN'],
      status: 'ACTIVE',
      createdAt: expect.any(String),
    });
  });

  it('finds those whose e-mail begins with what is searched', async () => {
    const env = operatorEnvironment(database());
    const [, second = ''] = users;
    const prefix = second.split('@')[0]?.toUpperCase() ?? '';
    const found = await portcullisJson([...list, '--search', ` ${prefix}`], { env });
    expect(found.map(({ email }: { email: string }) => email)).toEqual([second]);
    expect(await portcullisJson([...list, '--search', 'example.com'], { env })).toEqual([]);
  });

  it('shows a page at a time, and how to go on', async () => {
    const env = operatorEnvironment(database());
    const first = await portcullis([...list, '--limit', '3'], { env });
    const next = /portcullis (user list --after \S+)/.exec(first.stdout)?.[1]?.split(' ') ?? [];
    const rest = await portcullisJson(next, { env });
    expect(rest.map(({ email }: { email: string }) => email)).toEqual(users.slice(2));
    // The last page: there are exactly so many.
    const last = await portcullis([...list, '--limit', '5'], { env });
    expect(last.stdout).not.toContain('There are more');
  });
});
