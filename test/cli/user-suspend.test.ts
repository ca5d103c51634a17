import { bearer, LOGIN, login, ME, refreshWith, registerUser, send } from '../support/client.ts';
import { operatorEnvironment, portcullis, portcullisJson, withProcesses } from '../support/processes.ts';
import { auditOfUser, snapshot } from '../support/rows.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { ADMIN } from '../support/server.ts';

onSqlite('user suspend and user activate', (database) => {
  withProcesses();
  const server = runServer(database);
  const env = () => operatorEnvironment(database());

  async function user(...args: string[]) {
    return portcullis(['user', ...args], { env: env() });
  }

  it('E9 ends every session for the running server from its next request on, and no login follows', async () => {
    const ada = await registerUser(server().url);
    const phone = await login(server().url, ada);
    const stranger = await registerUser(server().url);
    expect((await send(server().url, ME, {}, bearer(ada.accessToken))).errors).toBeUndefined();

    const { status, stdout } = await user('suspend', ada.email, '--reason', 'laptop stolen');
    const gone = { reason: 'SESSION_ENDED', endReason: 'USER_SUSPENDED' };
    for (const { accessToken, refreshToken } of [ada, phone]) {
      expect((await send(server().url, ME, {}, bearer(accessToken))).refusal).toMatchObject(gone);
      expect((await refreshWith(server().url, refreshToken)).refusal).toMatchObject(gone);
    }
    const { email, password } = ada;
    const attempt = await send(server().url, LOGIN, { input: { email, password, transport: 'BODY' } });
    expect(attempt.refusal).toEqual({ code: 'INVALID_CREDENTIALS' });
    expect((await send(server().url, ME, {}, bearer(stranger.accessToken))).errors).toBeUndefined();

    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: `Suspended ${ada.email}: all its sessions have ended.\n`,
    });
    expect(await auditOfUser(database(), ada.userId, 'STATUS_CHANGED')).toMatchObject([
      { actor_id: null, detail: 'SUSPENDED: laptop stolen' },
    ]);
  });

  it('lets the account log in again, and revives nothing', async () => {
    const ada = await registerUser(server().url);
    await user('suspend', ada.email);
    expect((await user('activate', ada.email)).stdout).toBe(`Activated ${ada.email}: it can log in again.\n`);
    const gone = { reason: 'SESSION_ENDED', endReason: 'USER_SUSPENDED' };
    expect((await send(server().url, ME, {}, bearer(ada.accessToken))).refusal).toMatchObject(gone);
    expect((await refreshWith(server().url, ada.refreshToken)).refusal).toMatchObject(gone);
    const fresh = await login(server().url, ada);
    expect((await send(server().url, ME, {}, bearer(fresh.accessToken))).errors).toBeUndefined();
  });

  it('is no error twice, and prints the account as JSON', async () => {
    const ada = await registerUser(server().url);
    expect((await user('activate', ada.email)).stdout).toBe(`${ada.email} was active already.\n`);
    const first = await portcullisJson(['user', 'suspend', ada.userId], { env: env() });
    expect(first).toMatchObject({ id: ada.userId, email: ada.email, status: 'SUSPENDED' });
    expect(first).not.toHaveProperty('passwordHash');
    const before = await snapshot(database());
    expect(await user('suspend', ada.email)).toMatchObject({
      status: 0,
      stdout: `${ada.email} was suspended already.\n`,
    });
    expect(await snapshot(database())).toBe(before);
  });

  it('refuses in one line, and changes nothing', async () => {
    const ada = await registerUser(server().url);
    const before = await snapshot(database());
    const refusals = [
      await user('suspend', ADMIN.email),
      await user('suspend', 'nobody@example.com'),
      await user('suspend', ada.email, '--reason', 'x'.repeat(1_001)),
    ];
    expect(refusals).toMatchObject([
      { status: 1, stdout: '', stderr: 'portcullis: This is the last admin; make another one first.\n' },
      { status: 1, stdout: '', stderr: 'portcullis: No user has the e-mail or id "nobody@example.com".\n' },
      { status: 1, stdout: '', stderr: 'portcullis: reason must have at most 500 characters.\n' },
    ]);
    expect(await snapshot(database())).toBe(before);
  });
});
