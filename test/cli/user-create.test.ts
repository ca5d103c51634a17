import { bearer, login, ME, send } from '../support/client.ts';
import { idBytes } from '../support/databases.ts';
import { operatorEnvironment, portcullis, portcullisJson, withProcesses } from '../support/processes.ts';
import { count } from '../support/rows.ts';
import { onSqlite, runServer } from '../support/running.ts';

onSqlite('user create', (database) => {
  withProcesses();
  const server = runServer(database);
  const env = () => operatorEnvironment(database());

  async function create(args: readonly string[], stdin: string | Buffer = '') {
    return portcullis(['user', 'create', ...args], { env: env(), stdin });
  }

  it('makes an account with a generated password, beside a running server that knows it at once', async () => {
    const { status, stdout } = await create(['Ada@Example.com', '--admin', '--display-name', 'Ada L.']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Created ada@example\.com \(USER, ADMIN\), id [-0-9a-f]{36}\nPassword: \S{24} /);
    const password = /^Password: (\S+)/m.exec(stdout)?.[1] ?? '';
    const { accessToken } = await login(server().url, { email: 'ada@example.com', password });
    const { data } = await send(server().url, ME, {}, bearer(accessToken));
    expect(data.me).toMatchObject({ displayName: 'Ada L.', roles: ['USER', 'ADMIN'] });
  });

  it('prints it as JSON, and writes who did it to the security log', async () => {
    const created = await portcullisJson(['user', 'create', 'grace@example.com'], { env: env() });
    expect(created).toEqual({
      id: expect.any(String),
      email: 'grace@example.com',
      displayName: null,
      roles: ['USER'],
      status: 'ACTIVE',
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      password: expect.any(String),
    });
    const sql = 'SELECT type, actor_id, ip_address FROM audit_events WHERE user_id = ?';
    const events = await database().query(sql, [idBytes(created.id)]);
    expect(events).toEqual([{ type: 'USER_CREATED', actor_id: null, ip_address: null }]);
  });

  it('takes a password from stdin as it is, less the last line break, and does not print it', async () => {
    const password = '  two words, ünïcode & a tab\t ';
    const { status, stdout, stderr } = await create(
      ['stdin@example.com', '--password-stdin', '--json'],
      `${password}\n`,
    );
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).not.toHaveProperty('password');
    expect(stdout + stderr).not.toContain('two words');
    await login(server().url, { email: 'stdin@example.com', password });
  });

  it('refuses what it cannot take, in one line, and makes nothing', async () => {
    const before = await count(database(), 'users');
    const refusals = await Promise.all([
      create(['admin@example.com']),
      create(['no-address']),
      create(['short@example.com', '--password-stdin'], 'short\n'),
      create(['latin@example.com', '--password-stdin'], Buffer.from('pässwörter überall', 'latin1')),
      create(['long@example.com', '--password-stdin'], 'x'.repeat(100_000)),
    ]);
    expect(refusals.map(({ status, stdout }) => [status, stdout])).toEqual(refusals.map(() => [1, '']));
    const lines = refusals.map(({ stderr }) => stderr.trimEnd());
    expect(lines).toEqual([
      'portcullis: There is an account admin@example.com already.',
      'portcullis: The e-mail must have the form name@domain.',
      'portcullis: The password must have at least 12 characters.',
      'portcullis: The password on stdin is not UTF-8 text.',
      'portcullis: What is on stdin is too long for a password.',
    ]);
    expect(await count(database(), 'users')).toBe(before);
  });

  it('takes no password as an argument', async () => {
    const before = await count(database(), 'users');
    const { status, stderr } = await create(['eve@example.com', 'the password of eve']);
    expect(status).toBe(2);
    expect(stderr).toContain('too many arguments');
    expect(await count(database(), 'users')).toBe(before);
  });
});
