import { registerUser } from '../support/client.ts';
import { operatorEnvironment, portcullis, portcullisJson, withProcesses } from '../support/processes.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { introspect, newService } from '../support/service.ts';
import { until } from '../support/until.ts';

onSqlite('client list', (database) => {
  withProcesses();
  const server = runServer(database);
  const env = () => operatorEnvironment(database());

  it('shows every credential, oldest first, its last use and its end, and never a secret', async () => {
    expect(await portcullis(['client', 'list'], { env: env() })).toMatchObject({
      status: 0,
      stdout: 'No service has a credential.\n',
    });
    const [used, unused] = [await newService(database(), 'used'), await newService(database(), 'unused')];
    const { accessToken } = await registerUser(server().url);
    await introspect(server().url, used, accessToken);
    const notUsed = 'SELECT id FROM clients WHERE last_used_at IS NULL';
    await until(async () => (await database().query(notUsed)).length === 1);
    await portcullisJson(['client', 'revoke', unused.id], { env: env() });
    const listed = await portcullisJson(['client', 'list'], { env: env() });
    const time = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(listed).toEqual([
      { clientId: used.id, name: 'used', createdAt: time, lastUsedAt: time, revokedAt: null },
      { clientId: unused.id, name: 'unused', createdAt: time, lastUsedAt: null, revokedAt: time },
    ]);
    const { stdout } = await portcullis(['client', 'list'], { env: env() });
    const [head, ...lines] = stdout.trimEnd().split('\n');
    expect(head).toMatch(/^CLIENT ID +NAME +CREATED \(UTC\) +LAST USED \(UTC\) +REVOKED \(UTC\)$/);
    const at = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d`;
    expect(lines).toEqual([
      expect.stringMatching(new RegExp(`^${used.id}  used +${at} +${at}$`)),
      expect.stringMatching(new RegExp(`^${unused.id}  unused +${at} +${at}$`)),
    ]);
    for (const { secret } of [used, unused]) expect(JSON.stringify([listed, stdout])).not.toContain(secret);
  });
});
