import { randomBytes } from 'node:crypto';
import { PUBLICATION_LEAD } from '../../src/keys/key-state.ts';
import { bearer, login, ME, refreshWith, registerUser, send, tokensOf } from '../support/client.ts';
import { onMysql } from '../support/databases.ts';
import { publishedKids } from '../support/keys.ts';
import { operatorEnvironment, portcullis, portcullisJson, withProcesses } from '../support/processes.ts';
import { snapshot } from '../support/rows.ts';
import { runServer } from '../support/running.ts';

onMysql('keys rotate', (database) => {
  withProcesses();
  const server = runServer(database);
  const env = () => operatorEnvironment(database());
  const me = (accessToken: string) => send(server().url, ME, {}, bearer(accessToken));

  it('publishes a new key beside a running server, which serves it at once', async () => {
    const user = await registerUser(server().url);
    const [old] = await publishedKids(server().url);
    const { status, stdout } = await portcullis(['keys', 'rotate'], { env: env() });
    const [kid] = await publishedKids(server().url);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringMatching(
        new RegExp(`^Key ${kid} is published and signs from [-\\d]{10} [\\d:]{8} \\(UTC\\) on\\.\n$`),
      ),
    });
    expect(kid).not.toBe(old);
    expect((await me(user.accessToken)).errors).toBeUndefined();
    const again = await portcullisJson(['keys', 'rotate'], { env: env() });
    expect(again).toMatchObject({ id: kid, algorithm: 'EdDSA', state: 'NEXT', expiresAt: null });
    expect(Date.parse(again.activeFrom) - Date.parse(again.createdAt)).toBe(PUBLICATION_LEAD);
  });

  it('--revoke-previous refuses every token of before at the next request, and signs nobody out', async () => {
    const user = await registerUser(server().url);
    expect((await me(user.accessToken)).errors).toBeUndefined();
    const { stdout } = await portcullis(['keys', 'rotate', '--revoke-previous'], { env: env() });
    expect((await me(user.accessToken)).refusal).toMatchObject({ reason: 'STALE' });
    const [kid, ...others] = await publishedKids(server().url);
    expect(others).toEqual([]);
    expect(stdout).toBe(`Key ${kid} signs from now on; all others are revoked.\n`);
    const refreshed = tokensOf(await refreshWith(server().url, user.refreshToken), 'refresh');
    expect((await me(refreshed.accessToken)).errors).toBeUndefined();
    const [event] = await database().query(
      "SELECT * FROM audit_events WHERE type = 'KEY_ROTATED' ORDER BY id DESC",
    );
    expect(event).toMatchObject({ actor_id: null, user_id: null, ip_address: null });
  });

  it.each([[['keys', 'rotate']], [['keys', 'rotate', '--revoke-previous']]])(
    'changes nothing with a secret that is not the servers’: %j',
    async (args) => {
      // So that there is a rotation to be made.
      await portcullisJson(['keys', 'rotate', '--revoke-previous'], { env: env() });
      const before = await snapshot(database());
      const wrong = { ...env(), PORTCULLIS_SECRET: randomBytes(32).toString('base64') };
      expect(await portcullis(args, { env: wrong })).toMatchObject({
        status: 1,
        stdout: '',
        stderr: expect.stringMatching(/^portcullis: PORTCULLIS_SECRET does not decrypt the signing keys/),
      });
      expect(await snapshot(database())).toBe(before);
      await login(server().url);
    },
  );
});
