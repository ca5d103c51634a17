import { randomBytes } from 'node:crypto';
import { checkReadiness } from '../../src/storage/check-readiness.ts';
import { bearer, ME, registerUser, send } from '../support/client.ts';
import { runCores } from '../support/core.ts';
import { onEachDatabase } from '../support/databases.ts';
import { ageKeys, newKey, publishedKids } from '../support/keys.ts';
import { runServer } from '../support/running.ts';

onEachDatabase('/readyz', (database) => {
  const server = runServer(database);
  const readyz = async () => {
    const response = await fetch(`${server().url}/readyz`);
    return { status: response.status, body: await response.json() };
  };

  it('is 200 with database, migrations, keys and clock', async () => {
    const checks = ['database', 'migrations', 'keys', 'clock'].map((name) => ({ name, ok: true }));
    expect(await readyz()).toEqual({ status: 200, body: { status: 'ready', checks } });
  });

  it('is 503 while there is a key that this instance cannot open, which accepts nothing then', async () => {
    const user = await registerUser(server().url);
    const ask = () => send(server().url, ME, {}, bearer(user.accessToken));
    const { kid, publicJwk, encryptedPrivateJwk } = await newKey([randomBytes(32)], 1);
    await database().query(
      "INSERT INTO signing_keys (id, public_jwk, encrypted_private_jwk, state, created_at, active_from) VALUES (?, ?, ?, 'ACTIVE', 1, 1)",
      [kid, publicJwk, encryptedPrivateJwk],
    );
    await ageKeys(database(), 0);
    const detail = expect.stringContaining('PORTCULLIS_SECRET');
    expect(await readyz()).toMatchObject({
      status: 503,
      body: { checks: expect.arrayContaining([{ name: 'keys', ok: false, detail }]) },
    });
    expect((await ask()).refusal).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    expect(await publishedKids(server().url)).toHaveLength(1);

    await database().query('DELETE FROM signing_keys WHERE id = ?', [kid]);
    await ageKeys(database(), 0);
    expect(await readyz()).toMatchObject({ status: 200 });
    expect((await ask()).errors).toBeUndefined();
  });
});

onEachDatabase('the readiness of an instance', (database) => {
  const cores = runCores(database);

  it('is denied while it does not know the time', async () => {
    const [core] = cores();
    if (core === undefined) throw new Error('There is no core.');
    const keys = { renew: async () => undefined };
    const checks = (sure: boolean) => checkReadiness(core.database, keys, { isSure: () => sure });
    expect(await checks(true)).toContainEqual({ name: 'clock', ok: true });
    expect(await checks(false)).toContainEqual(expect.objectContaining({ name: 'clock', ok: false }));
  });
});
