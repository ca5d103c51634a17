import {
  bearer,
  LOGIN,
  login,
  ME,
  REVOKE_ALL,
  refreshWith,
  registerUser,
  send,
  tokensOf,
} from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { operatorEnvironment, portcullis, portcullisJson, withProcesses } from '../support/processes.ts';
import { auditOfUser } from '../support/rows.ts';
import { runServer } from '../support/running.ts';

const CHANGE_PASSWORD =
  'mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { accessToken } }';

const THIEF = { 'user-agent': 'the thief' };

/** The drill of docs/administration.md. */
onEachDatabase('an account that was taken over', (database) => {
  withProcesses();
  const server = runServer(database);

  /** The thief knows the password, signs in, and changes it: the owner is locked out. */
  async function takeOver() {
    const owner = await registerUser(server().url);
    const { email, password } = owner;
    const input = { email, password, transport: 'BODY' };
    const thief = tokensOf(await send(server().url, LOGIN, { input }, THIEF), 'login');
    const change = { currentPassword: password, newPassword: 'a password of the thief' };
    const headers = { ...bearer(thief.accessToken), ...THIEF };
    const changed = await send(server().url, CHANGE_PASSWORD, { input: change }, headers);
    return { owner, thief: { ...thief, accessToken: changed.data.changePassword.accessToken } };
  }

  const me = (accessToken: string) => send(server().url, ME, {}, bearer(accessToken));

  it('is given back to its owner by user reset-password', async () => {
    const { owner, thief } = await takeOver();
    const stranger = await registerUser(server().url);
    expect((await me(thief.accessToken)).errors).toBeUndefined();
    expect((await me(owner.accessToken)).refusal).toMatchObject({ endReason: 'PASSWORD_CHANGED' });
    await expect(login(server().url, owner)).rejects.toThrow('INVALID_CREDENTIALS');

    const env = operatorEnvironment(database());
    const reset = await portcullisJson(['user', 'reset-password', owner.email], { env });
    expect(reset).toMatchObject({ userId: owner.userId, revokedCount: 1 });

    const gone = { code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED', endReason: 'PASSWORD_CHANGED' };
    expect((await me(thief.accessToken)).refusal).toMatchObject(gone);
    expect((await refreshWith(server().url, thief.refreshToken, THIEF)).refusal).toMatchObject(gone);
    for (const password of [owner.password, 'a password of the thief']) {
      await expect(login(server().url, { ...owner, password })).rejects.toThrow('INVALID_CREDENTIALS');
    }

    const back = await login(server().url, { ...owner, password: reset.password });
    expect((await me(back.accessToken)).errors).toBeUndefined();
    const input = { currentPassword: reset.password, newPassword: 'a password of the owner' };
    const own = await send(server().url, CHANGE_PASSWORD, { input }, bearer(back.accessToken));
    expect((await me(own.data.changePassword.accessToken)).errors).toBeUndefined();
    expect((await me(stranger.accessToken)).errors).toBeUndefined();
  });

  it('H3 leaves a security log that tells the story', async () => {
    const { owner, thief } = await takeOver();
    const env = operatorEnvironment(database());
    const { password } = await portcullisJson(['user', 'reset-password', owner.email], { env });
    await login(server().url, { ...owner, password });

    const { stdout } = await portcullis(['audit', 'tail', '--user', owner.email, '--json'], { env });
    const byUser = { actorId: owner.userId, ipAddress: '127.0.0.1' };
    const byThief = { ...byUser, userAgent: 'the thief' };
    const byOperator = { actorId: null, ipAddress: null, userAgent: null };
    const story = stdout.trimEnd().split('\n');
    expect(story.map((line) => JSON.parse(line))).toMatchObject([
      { type: 'USER_CREATED', ...byUser },
      { type: 'LOGIN_SUCCEEDED', sessionId: owner.sessionId, ...byUser },
      { type: 'LOGIN_SUCCEEDED', sessionId: thief.sessionId, ...byThief },
      { type: 'SESSION_ENDED', sessionId: owner.sessionId, detail: 'PASSWORD_CHANGED', ...byThief },
      { type: 'PASSWORD_CHANGED', ...byThief },
      { type: 'PASSWORD_CHANGED', ...byOperator },
      { type: 'SESSION_ENDED', sessionId: thief.sessionId, detail: 'PASSWORD_CHANGED', ...byOperator },
      { type: 'LOGIN_SUCCEEDED', ...byUser },
    ]);
  });

  it('is cleared of a thief who has its tokens, and not its password, by revokeAllForUser', async () => {
    const owner = await registerUser(server().url);
    const admin = await login(server().url);
    const stolen = tokensOf(await refreshWith(server().url, owner.refreshToken, THIEF), 'refresh');
    expect((await me(stolen.accessToken)).errors).toBeUndefined();

    const revoked = await send(server().url, REVOKE_ALL, { userId: owner.userId }, bearer(admin.accessToken));
    expect(revoked.data.revokeAllForUser).toEqual({ revokedCount: 1 });
    const gone = { code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED', endReason: 'REVOKED_BY_ADMIN' };
    for (const { accessToken, refreshToken } of [stolen, owner]) {
      expect((await me(accessToken)).refusal).toMatchObject(gone);
      expect((await refreshWith(server().url, refreshToken, THIEF)).refusal).toMatchObject(gone);
    }
    const back = await login(server().url, owner);
    expect((await me(back.accessToken)).errors).toBeUndefined();
    expect(await auditOfUser(database(), owner.userId, 'SESSION_ENDED')).toMatchObject([
      { detail: 'REVOKED_BY_ADMIN', ip_address: '127.0.0.1' },
    ]);
  });
});
