import { bearer, LOGIN, login, ME, REGISTER, refreshWith, registerUser, send } from '../support/client.ts';
import { operatorEnvironment, portcullis, portcullisJson, withProcesses } from '../support/processes.ts';
import { auditOfUser, userRow } from '../support/rows.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { ADMIN } from '../support/server.ts';

onSqlite('user delete', (database) => {
  withProcesses();
  const server = runServer(database);
  const env = () => operatorEnvironment(database());

  it('E9 ends every session at once, and leaves a tombstone without a name', async () => {
    const ada = await registerUser(server().url);
    const phone = await login(server().url, ada);
    const { status, stdout } = await portcullis(['user', 'delete', ada.email], { env: env() });
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: `Deleted ${ada.email}, id ${ada.userId}, and ended 2 sessions\n`,
    });
    const gone = { reason: 'SESSION_ENDED', endReason: 'USER_DELETED' };
    for (const { accessToken, refreshToken } of [ada, phone]) {
      expect((await send(server().url, ME, {}, bearer(accessToken))).refusal).toMatchObject(gone);
      expect((await refreshWith(server().url, refreshToken)).refusal).toMatchObject(gone);
    }
    expect(await userRow(database(), ada.userId)).toMatchObject({ email: null, status: 'DELETED' });
    expect(await auditOfUser(database(), ada.userId, 'USER_DELETED')).toMatchObject([{ actor_id: null }]);
  });

  it('frees the e-mail, and the old account stays apart from the new one', async () => {
    const ada = await registerUser(server().url);
    const { email, password } = ada;
    const deleted = await portcullisJson(['user', 'delete', email], { env: env() });
    expect(deleted).toEqual({ userId: ada.userId, revokedCount: 1 });

    const attempt = await send(server().url, LOGIN, { input: { email, password, transport: 'BODY' } });
    expect(attempt.refusal).toEqual({ code: 'INVALID_CREDENTIALS' });
    const input = { email, password, transport: 'BODY' };
    const registered = await send(server().url, REGISTER, { input });
    expect(registered.data.register.user).toMatchObject({ email });
    expect(registered.data.register.user.id).not.toBe(ada.userId);
    expect((await send(server().url, ME, {}, bearer(ada.accessToken))).refusal).toMatchObject({
      endReason: 'USER_DELETED',
    });
  });

  it('refuses the last admin and whoever is gone already', async () => {
    const ada = await registerUser(server().url);
    await portcullis(['user', 'delete', ada.userId], { env: env() });
    const refusals = [
      await portcullis(['user', 'delete', ADMIN.email], { env: env() }),
      await portcullis(['user', 'delete', ada.email], { env: env() }),
      await portcullis(['user', 'delete', ada.userId], { env: env() }),
    ];
    expect(refusals).toMatchObject([
      { status: 1, stdout: '', stderr: 'portcullis: This is the last admin; make another one first.\n' },
      { status: 1, stdout: '', stderr: `portcullis: No user has the e-mail or id "${ada.email}".\n` },
      { status: 1, stdout: '', stderr: 'portcullis: No such user.\n' },
    ]);
  });
});
