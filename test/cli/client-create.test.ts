import { registerUser } from '../support/client.ts';
import { operatorEnvironment, portcullis, portcullisJson, withProcesses } from '../support/processes.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { basic, introspect } from '../support/service.ts';

onSqlite('client create', (database) => {
  withProcesses();
  const server = runServer(database);
  const env = () => operatorEnvironment(database());
  const create = (...args: string[]) => portcullis(['client', 'create', ...args], { env: env() });
  const works = async (id: string, secret: string) => {
    const { accessToken } = await registerUser(server().url);
    const { body } = await introspect(server().url, { authorization: basic(id, secret) }, accessToken);
    return body.active;
  };

  it('makes a credential that a running server takes at once, and prints it for programs', async () => {
    const created = await portcullisJson(['client', 'create', 'orders'], { env: env() });
    expect(created).toEqual({
      clientId: expect.stringMatching(/^[\da-f-]{36}$/),
      clientSecret: expect.stringMatching(/^pcs1_[\w-]{43}$/),
    });
    expect(await works(created.clientId, created.clientSecret)).toBe(true);
    const [event] = await database().query("SELECT * FROM audit_events WHERE type = 'CLIENT_CREATED'");
    expect(event).toMatchObject({
      actor_id: null,
      user_id: null,
      ip_address: null,
      detail: `${created.clientId} (orders)`,
    });
  });

  it('prints it for people, and every one is another', async () => {
    const { status, stdout } = await create('Orders and more');
    expect(status).toBe(0);
    const [, name, id = '', secret = ''] =
      /^Created (.+)\nClient id: (\S+)\nSecret: {4}(\S+) {3}\(shown this once\)\n$/.exec(stdout) ?? [];
    expect(name).toBe('Orders and more');
    expect(await works(id, secret)).toBe(true);
    expect((await create('Orders and more')).stdout).not.toContain(secret);
  });

  it.each([[''], ['   '], ['x'.repeat(101)], ['two\nlines']])('refuses the name %j', async (name) => {
    const [before] = await database().query('SELECT COUNT(*) AS n FROM clients');
    expect(await create(name)).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/^portcullis: name must /),
    });
    expect(await database().query('SELECT COUNT(*) AS n FROM clients')).toEqual([before]);
  });
});
