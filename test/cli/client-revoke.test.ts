import { registerUser } from '../support/client.ts';
import { operatorEnvironment, portcullis, portcullisJson, withProcesses } from '../support/processes.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { introspect, newService } from '../support/service.ts';

onSqlite('client revoke', (database) => {
  withProcesses();
  const server = runServer(database);
  const env = () => operatorEnvironment(database());
  const revoke = (...args: string[]) => portcullis(['client', 'revoke', ...args], { env: env() });
  const events = () => database().query("SELECT * FROM audit_events WHERE type = 'CLIENT_REVOKED'");

  it('makes a credential worthless for the running server from its next request on, and no other', async () => {
    const [gone, kept] = [await newService(database(), 'gone'), await newService(database(), 'kept')];
    const { accessToken } = await registerUser(server().url);
    expect((await introspect(server().url, gone, accessToken)).status).toBe(200);
    const { status, stdout } = await revoke(gone.id);
    expect((await introspect(server().url, gone, accessToken)).status).toBe(401);
    expect((await introspect(server().url, kept, accessToken)).status).toBe(200);
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Client ${gone.id} \\(gone\\) revoked at [-0-9: ]+ \\(UTC\\)\n$`));
    expect(await events()).toMatchObject([{ actor_id: null, user_id: null, detail: `${gone.id} (gone)` }]);
  });

  it('leaves one that is revoked already as it is, and no second line in the log', async () => {
    const { id } = await newService(database());
    const first = await portcullisJson(['client', 'revoke', id], { env: env() });
    const lines = (await events()).length;
    expect(await portcullisJson(['client', 'revoke', id], { env: env() })).toEqual(first);
    expect(await events()).toHaveLength(lines);
  });

  it('tells an unknown client from an argument that is no id', async () => {
    const unknown = '0198b2a4-6c1e-7d3f-9a50-1f2e3d4c5b6a';
    expect(await revoke(unknown)).toMatchObject({
      status: 1,
      stderr: `portcullis: There is no client ${unknown}.\n`,
    });
    expect(await revoke('orders')).toMatchObject({ status: 2, stdout: '' });
  });
});
