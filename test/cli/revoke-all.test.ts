import { bearer, login, ME, refreshWith, registerUser, send } from '../support/client.ts';
import { onMysql } from '../support/databases.ts';
import { operatorEnvironment, portcullis, portcullisJson, withProcesses } from '../support/processes.ts';
import { runServer } from '../support/running.ts';

onMysql('revoke-all', (database) => {
  withProcesses();
  const server = runServer(database);

  it('ends every session of the user and leaves everybody else and the account alone', async () => {
    const user = await registerUser(server().url);
    const sessions = [user, await login(server().url, user), await login(server().url, user)];
    const stranger = await registerUser(server().url);

    const env = operatorEnvironment(database());
    const { status, stdout } = await portcullis(['revoke-all', ` ${user.email.toUpperCase()} `], { env });
    expect({ status, stdout }).toEqual({ status: 0, stdout: `Ended 3 sessions of ${user.email}\n` });

    const gone = { reason: 'SESSION_ENDED', endReason: 'REVOKED_BY_ADMIN' };
    for (const each of sessions) {
      expect((await send(server().url, ME, {}, bearer(each.accessToken))).refusal).toMatchObject(gone);
      expect((await refreshWith(server().url, each.refreshToken)).refusal).toMatchObject(gone);
    }
    expect((await send(server().url, ME, {}, bearer(stranger.accessToken))).errors).toBeUndefined();

    const fresh = await login(server().url, user);
    expect((await send(server().url, ME, {}, bearer(fresh.accessToken))).errors).toBeUndefined();
    const again = await portcullisJson(['revoke-all', user.userId], { env });
    expect(again).toEqual({ userId: user.userId, revokedCount: 1 });
  });

  it('says that there is no such user', async () => {
    const env = operatorEnvironment(database());
    expect(await portcullis(['revoke-all', 'nobody@example.com'], { env })).toMatchObject({
      status: 1,
      stdout: '',
      stderr: 'portcullis: No user has the e-mail or id "nobody@example.com".\n',
    });
  });
});
