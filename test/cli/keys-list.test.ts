import { bearer, login, send } from '../support/client.ts';
import { ageKeys, publishedKids, ROTATE_KEY } from '../support/keys.ts';
import { operatorEnvironment, portcullis, portcullisJson, withProcesses } from '../support/processes.ts';
import { onSqlite, runServer } from '../support/running.ts';

onSqlite('keys list', (database) => {
  withProcesses();
  const server = runServer(database);
  const env = () => operatorEnvironment(database());
  const rotate = async (revokePrevious: boolean): Promise<{ id: string }> => {
    const { accessToken } = await login(server().url);
    const answer = await send(server().url, ROTATE_KEY, { revokePrevious }, bearer(accessToken));
    return answer.data.rotateSigningKey;
  };

  it('shows every key with its state, newest first, as a table and as JSON', async () => {
    const [first] = await publishedKids(server().url);
    expect(await portcullisJson(['keys', 'list'], { env: env() })).toEqual([
      {
        id: first,
        algorithm: 'EdDSA',
        state: 'ACTIVE',
        createdAt: expect.any(String),
        activeFrom: expect.any(String),
        expiresAt: null,
      },
    ]);
    const [second, third] = [await rotate(true), await rotate(false)];
    const { status, stdout } = await portcullis(['keys', 'list'], { env: env() });
    expect(status).toBe(0);
    const [head, ...lines] = stdout.trimEnd().split('\n');
    expect(head).toMatch(/^ID +STATE +SIGNS FROM \(UTC\) +LAST TOKEN UNTIL \(UTC\)$/);
    const time = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d`;
    expect(lines).toEqual([
      expect.stringMatching(new RegExp(`^${third.id}  NEXT +${time}$`)),
      expect.stringMatching(new RegExp(`^${second.id}  ACTIVE +${time} +${time}$`)),
      expect.stringMatching(new RegExp(`^${first}  REVOKED +${time} +${time}$`)),
    ]);
    await ageKeys(database(), 3_605_000);
    const left = await portcullisJson(['keys', 'list'], { env: env() });
    expect(left.map(({ id, state }: { id: string; state: string }) => [id, state])).toEqual([
      [third.id, 'ACTIVE'],
      [second.id, 'RETIRING'],
    ]);
  });
});
