import {
  AUDIT_EVENTS,
  DELETE_USER,
  SESSIONS,
  SET_ROLES,
  SET_STATUS,
  USER,
  USERS,
} from '../support/administration.ts';
import {
  bearer,
  LOGIN,
  login,
  ME,
  REGISTER,
  REVOKE_ALL,
  refreshWith,
  registerUser,
  send,
  type Tokens,
} from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { sessionRow, userRow } from '../support/rows.ts';
import { runServer } from '../support/running.ts';

onEachDatabase('deleteUser', (database) => {
  const server = runServer(database);
  let admin: Tokens;
  beforeAll(async () => {
    admin = await login(server().url);
  });
  const asAdmin = (query: string, variables: object) =>
    send(server().url, query, variables, bearer(admin.accessToken));
  const remove = (userId: string) => asAdmin(DELETE_USER, { userId });
  const ended = { reason: 'SESSION_ENDED', endReason: 'USER_DELETED' };

  it('E9 ends every session at once, and says how many', async () => {
    const user = await registerUser(server().url);
    const second = await login(server().url, user);
    const over = await login(server().url, user);
    await send(server().url, 'mutation ($i: LogoutInput) { logout(input: $i) { ended } }', {
      i: { refreshToken: over.refreshToken },
    });
    expect((await remove(user.userId)).data.deleteUser).toEqual({ revokedCount: 2 });
    for (const { accessToken, refreshToken } of [user, second]) {
      expect((await send(server().url, ME, {}, bearer(accessToken))).refusal).toMatchObject(ended);
      expect((await refreshWith(server().url, refreshToken)).refusal).toMatchObject(ended);
    }
    const early = await refreshWith(server().url, over.refreshToken);
    expect(early.refusal).toMatchObject({ reason: 'SESSION_ENDED', endReason: 'LOGOUT' });
  });

  it('leaves a tombstone that names nobody, and the log whole', async () => {
    const email = `tomb-${Math.random()}@example.com`;
    const input = { email, password: 'vexing plumb quartz', displayName: 'Ada Tomb', transport: 'BODY' };
    const { user, session } = (await send(server().url, REGISTER, { input })).data.register;
    await remove(user.id);
    const row = await userRow(database(), user.id);
    expect(row).toMatchObject({ email: null, display_name: null, status: 'DELETED', roles: 'USER' });
    expect(String(row['password_hash'])).not.toContain('argon2');
    expect(JSON.stringify(row)).not.toContain('Tomb');
    expect((await sessionRow(database(), session.id))['end_reason']).toBe('USER_DELETED');
    const events = await asAdmin(AUDIT_EVENTS, { filter: { userId: user.id } });
    expect(events.data.auditEvents.nodes.map(({ type }: { type: string }) => type)).toEqual([
      'USER_DELETED',
      'SESSION_ENDED',
      'LOGIN_SUCCEEDED',
      'USER_CREATED',
    ]);
  });

  it('answers NOT_FOUND to everything about the account from then on', async () => {
    const user = await registerUser(server().url);
    await remove(user.userId);
    const { userId } = user;
    const answers = [
      await remove(userId),
      await asAdmin(SET_STATUS, { userId, status: 'ACTIVE' }),
      await asAdmin(SET_STATUS, { userId, status: 'SUSPENDED' }),
      await asAdmin(SET_ROLES, { userId, roles: ['ADMIN'] }),
      await asAdmin(REVOKE_ALL, { userId }),
    ];
    expect(answers.map(({ refusal }) => refusal)).toEqual(answers.map(() => ({ code: 'NOT_FOUND' })));
    expect((await asAdmin(USER, { id: userId })).data).toEqual({ user: null });
    expect((await asAdmin(USERS, { search: user.email })).data.users.nodes).toEqual([]);
    const { email, password } = user;
    const late = await send(server().url, LOGIN, { input: { email, password, transport: 'BODY' } });
    expect(late.refusal).toEqual({ code: 'INVALID_CREDENTIALS' });
  });

  it('frees the e-mail: a new account with it has nothing of the old one', async () => {
    const user = await registerUser(server().url);
    await remove(user.userId);
    const { email, password } = user;
    const again = (await send(server().url, REGISTER, { input: { email, password, transport: 'BODY' } })).data
      .register;
    expect(again.user.id).not.toBe(user.userId);
    const old = await send(server().url, ME, {}, bearer(user.accessToken));
    expect(old.refusal).toMatchObject(ended);
    const listed = await asAdmin(SESSIONS, { filter: { userId: again.user.id, includeEnded: true } });
    expect(listed.data.sessions.nodes.map(({ id }: { id: string }) => id)).toEqual([again.session.id]);
    expect((await asAdmin(USERS, { search: email })).data.users.nodes).toHaveLength(1);
    await remove(again.user.id);
    expect((await send(server().url, REGISTER, { input: { email, password } })).errors).toBeUndefined();
  });

  it('shows the ended sessions of the tombstone to an admin', async () => {
    const user = await registerUser(server().url);
    await remove(user.userId);
    const listed = await asAdmin(SESSIONS, { filter: { userId: user.userId, includeEnded: true } });
    expect(listed.errors).toBeUndefined();
    expect(listed.data.sessions.nodes).toMatchObject([
      { id: user.sessionId, endReason: 'USER_DELETED', user: { id: user.userId } },
    ]);
  });
});
