import { bearer, ME, refreshWith, registerUser, send, tokensOf } from '../support/client.ts';
import { operatorEnvironment, portcullis, portcullisJson, withProcesses } from '../support/processes.ts';
import { auditOfUser, snapshot } from '../support/rows.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { ADMIN } from '../support/server.ts';

const USERS = '{ users { nodes { id } } }';

onSqlite('user roles', (database) => {
  withProcesses();
  const server = runServer(database);
  const env = () => operatorEnvironment(database());
  const users = (accessToken: string) => send(server().url, USERS, {}, bearer(accessToken));

  it('E4 is felt at the next request: the token is stale, the refreshed one has the new roles', async () => {
    const ada = await registerUser(server().url);
    expect((await users(ada.accessToken)).refusal).toMatchObject({ code: 'FORBIDDEN' });

    const promoted = await portcullis(['user', 'roles', ada.email, 'ADMIN'], { env: env() });
    expect(promoted).toMatchObject({
      status: 0,
      stdout: `The roles of ${ada.email} are now: USER, ADMIN\n`,
    });
    expect((await users(ada.accessToken)).refusal).toMatchObject({ reason: 'STALE' });
    const admin = tokensOf(await refreshWith(server().url, ada.refreshToken), 'refresh');
    expect((await users(admin.accessToken)).errors).toBeUndefined();

    const demoted = await portcullisJson(['user', 'roles', ada.userId, 'USER'], { env: env() });
    expect(demoted).toMatchObject({ id: ada.userId, roles: ['USER'] });
    expect((await users(admin.accessToken)).refusal).toMatchObject({ reason: 'STALE' });
    const again = tokensOf(await refreshWith(server().url, admin.refreshToken), 'refresh');
    expect((await users(again.accessToken)).refusal).toMatchObject({ code: 'FORBIDDEN' });
    expect((await send(server().url, ME, {}, bearer(again.accessToken))).errors).toBeUndefined();
    expect(again.sessionId).toBe(ada.sessionId);

    expect(await auditOfUser(database(), ada.userId, 'ROLES_CHANGED')).toMatchObject([
      { actor_id: null, detail: 'USER to USER ADMIN' },
      { actor_id: null, detail: 'USER ADMIN to USER' },
    ]);
  });

  it('refuses the last admin, and takes no role that there is not', async () => {
    const before = await snapshot(database());
    const last = await portcullis(['user', 'roles', ADMIN.email, 'USER'], { env: env() });
    expect(last).toMatchObject({
      status: 1,
      stdout: '',
      stderr: 'portcullis: This is the last admin; make another one first.\n',
    });
    const unknown = await portcullis(['user', 'roles', ADMIN.email, 'OWNER'], { env: env() });
    expect([unknown.status, unknown.stderr]).toEqual([2, expect.stringContaining('USER, ADMIN')]);
    expect(await snapshot(database())).toBe(before);
  });
});
