import { randomBytes } from 'node:crypto';
import { bearer, login, ME, registerUser, send } from '../support/client.ts';
import { onMysql } from '../support/databases.ts';
import { operatorEnvironment, portcullis, portcullisJson, withProcesses } from '../support/processes.ts';
import { count } from '../support/rows.ts';
import { runServer } from '../support/running.ts';
import { ADMIN } from '../support/server.ts';

onMysql('user reset-password, where logins are counted', (database) => {
  withProcesses();
  const server = runServer(database, { LOGIN_THROTTLE: 'on' });
  const known = () => count(database(), 'login_buckets WHERE known_until > 0');

  it('makes the addresses strangers that signed in with the old password, and those of others not', async () => {
    const [ada] = [await registerUser(server().url), await registerUser(server().url)];
    expect(await known()).toBe(2);
    await portcullisJson(['user', 'reset-password', ada.email], { env: operatorEnvironment(database()) });
    expect(await known()).toBe(1);
  });

  it('needs the secret of the server', async () => {
    const { email } = await registerUser(server().url);
    const env = { ...operatorEnvironment(database()), PORTCULLIS_SECRET: randomBytes(32).toString('base64') };
    const { status, stdout, stderr } = await portcullis(['user', 'reset-password', email], { env });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('PORTCULLIS_SECRET');
  });
});

onMysql('user reset-password', (database) => {
  withProcesses();
  const server = runServer(database);
  const env = () => operatorEnvironment(database());

  it('prints a password once, with which alone the user signs in from now on', async () => {
    const ada = await registerUser(server().url);
    await login(server().url, ada);
    const { status, stdout } = await portcullis(['user', 'reset-password', ada.email], { env: env() });
    expect(status).toBe(0);
    const [first, second] = stdout.split('\n');
    expect(first).toBe(`Reset the password of ${ada.email} and ended 2 sessions`);
    const [, password = ''] = /^Password: (\S{24}) {3}\(shown this once\)$/.exec(second ?? '') ?? [];

    await expect(login(server().url, ada)).rejects.toThrow('INVALID_CREDENTIALS');
    const { accessToken } = await login(server().url, { email: ada.email, password });
    expect((await send(server().url, ME, {}, bearer(accessToken))).errors).toBeUndefined();
  });

  it('prints JSON; another run gives another password', async () => {
    const ada = await registerUser(server().url);
    const reset = () => portcullisJson(['user', 'reset-password', ada.userId], { env: env() });
    const first = await reset();
    expect(first).toEqual({ userId: ada.userId, password: expect.any(String), revokedCount: 1 });
    const second = await reset();
    expect(second).toMatchObject({ revokedCount: 0 });
    expect(second.password).not.toBe(first.password);
  });

  it('H2 keeps the password out of the log', async () => {
    const ada = await registerUser(server().url);
    const { stdout, stderr } = await portcullis(['user', 'reset-password', ada.email, '--json'], {
      env: { ...env(), LOG_LEVEL: 'trace' },
    });
    expect(stderr).toContain('"PASSWORD_CHANGED"');
    expect(stderr).not.toContain(JSON.parse(stdout).password);
  });

  it('may be given to the last admin, whom it does not lock out, and not to nobody', async () => {
    const { password } = await portcullisJson(['user', 'reset-password', ADMIN.email], { env: env() });
    await login(server().url, { email: ADMIN.email, password });
    const nobody = await portcullis(['user', 'reset-password', 'nobody@example.com'], { env: env() });
    expect(nobody).toMatchObject({
      status: 1,
      stdout: '',
      stderr: 'portcullis: No user has the e-mail or id "nobody@example.com".\n',
    });
  });
});
