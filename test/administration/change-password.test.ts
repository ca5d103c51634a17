import { CHANGE_PASSWORD, claimsOf } from '../support/administration.ts';
import { Browser } from '../support/browser.ts';
import {
  type Answer,
  bearer,
  LOGIN,
  login,
  ME,
  REGISTER,
  refreshWith,
  registerUser,
  send,
  tokensOf,
} from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { anAccessToken, aTime } from '../support/payloads.ts';
import { auditOf, changeUser, sessionRow, snapshot, userRow } from '../support/rows.ts';
import { runServer } from '../support/running.ts';

const NEW_PASSWORD = 'a wholly new password of mine';

onEachDatabase('changePassword', (database) => {
  const server = runServer(database);
  const change = (
    accessToken: string,
    currentPassword: string,
    newPassword = NEW_PASSWORD,
  ): Promise<Answer> =>
    send(server().url, CHANGE_PASSWORD, { input: { currentPassword, newPassword } }, bearer(accessToken));
  const me = (accessToken: string) => send(server().url, ME, {}, bearer(accessToken));

  it('sets the password: the new one logs in from then on, the old one does not', async () => {
    const user = await registerUser(server().url);
    expect((await change(user.accessToken, user.password)).errors).toBeUndefined();
    await login(server().url, { ...user, password: NEW_PASSWORD });
    const { email, password } = user;
    const old = await send(server().url, LOGIN, { input: { email, password, transport: 'BODY' } });
    expect(old.refusal).toMatchObject({ code: 'INVALID_CREDENTIALS' });
  });

  it('ends every other session with PASSWORD_CHANGED, by the user, at one moment', async () => {
    const user = await registerUser(server().url);
    const others = [await login(server().url, user), await login(server().url, user)];
    const stranger = await registerUser(server().url);
    await change(user.accessToken, user.password);
    const ended = { code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED', endReason: 'PASSWORD_CHANGED' };
    const rows = [];
    for (const other of others) {
      expect((await me(other.accessToken)).refusal).toMatchObject({ ...ended, endedAt: aTime() });
      expect((await refreshWith(server().url, other.refreshToken)).refusal).toMatchObject(ended);
      rows.push(await sessionRow(database(), other.sessionId));
    }
    const [first, second] = rows;
    expect(first?.['ended_at']).toEqual(second?.['ended_at']);
    expect(rows.map((row) => row['ended_by'])).toEqual([
      (await userRow(database(), user.userId))['id'],
      (await userRow(database(), user.userId))['id'],
    ]);
    const [passwordEvent] = await database().query(
      "SELECT * FROM audit_events WHERE type = 'PASSWORD_CHANGED' AND session_id = ?",
      [(await sessionRow(database(), user.sessionId))['id'] as Buffer],
    );
    expect(passwordEvent?.['at']).toEqual(first?.['ended_at']);
    expect((await me(stranger.accessToken)).errors).toBeUndefined();
  });

  it('lets this session go on: STALE access token, a good one returned, the refresh token still good', async () => {
    const user = await registerUser(server().url);
    const changed = await change(user.accessToken, user.password);
    expect(changed.data.changePassword).toMatchObject({
      accessToken: anAccessToken(),
      tokenType: 'Bearer',
      expiresIn: 300,
      refreshToken: null,
      session: { id: user.sessionId, current: true },
      user: { id: user.userId },
    });
    expect((await me(user.accessToken)).refusal).toEqual({ code: 'UNAUTHENTICATED', reason: 'STALE' });
    expect((await me(changed.data.changePassword.accessToken)).data.me.id).toBe(user.userId);
    const refreshed = await refreshWith(server().url, user.refreshToken);
    expect(tokensOf(refreshed, 'refresh').sessionId).toBe(user.sessionId);
    expect((await auditOf(database(), user.sessionId)).map(({ type }) => type)).toEqual([
      'LOGIN_SUCCEEDED',
      'PASSWORD_CHANGED',
    ]);
  });

  it('rotates nothing, and moves authenticatedAt alone', async () => {
    const user = await registerUser(server().url);
    await database().age(user.sessionId, 100_000);
    const before = await sessionRow(database(), user.sessionId);
    const { accessToken, session } = (await change(user.accessToken, user.password)).data.changePassword;
    const { authenticated_at: proven, ...after } = await sessionRow(database(), user.sessionId);
    expect(before).toMatchObject(after);
    expect(Number(proven)).toBeGreaterThanOrEqual(Number(before['authenticated_at']) + 100_000);
    expect(new Date(session.authenticatedAt).getTime()).toBe(Number(proven));
    expect(claimsOf(accessToken)['auth_time']).toBe(Math.floor(Number(proven) / 1000));
    expect(claimsOf(accessToken)['sid']).toBe(user.sessionId);
  });

  it('does not touch the cookie, which stays good', async () => {
    const page = new Browser(server().url);
    const email = `page-${Date.now()}-${Math.random()}@example.com`;
    const password = 'the password of a page';
    const registered = await page.send(REGISTER, { input: { email, password } });
    const cookie = page.cookie;
    const input = { currentPassword: password, newPassword: NEW_PASSWORD };
    const changed = await page.send(CHANGE_PASSWORD, { input }, bearer(registered.data.register.accessToken));
    expect(changed.errors).toBeUndefined();
    expect(changed.setCookies).toEqual([]);
    expect(changed.data.changePassword.refreshToken).toBeNull();
    expect(page.cookie).toBe(cookie);
    const refreshed = await page.send('mutation { refresh { session { id } } }');
    expect(refreshed.data.refresh.session.id).toBe(registered.data.register.session.id);
  });

  it('asks for the current password: a wrong one changes nothing and is audited', async () => {
    const user = await registerUser(server().url);
    const other = await login(server().url, user);
    const before = [await userRow(database(), user.userId), await sessionRow(database(), other.sessionId)];
    for (const wrong of ['', 'wrong', `${user.password} `, user.password.toUpperCase()]) {
      const refused = await change(user.accessToken, wrong);
      expect(refused.refusal).toEqual({ code: 'INVALID_CREDENTIALS' });
      expect(refused.data).toBeNull();
    }
    expect([await userRow(database(), user.userId), await sessionRow(database(), other.sessionId)]).toEqual(
      before,
    );
    const failures = await auditOf(database(), user.sessionId, 'LOGIN_FAILED');
    expect(failures.map(({ detail }) => detail)).toEqual(Array(4).fill('INVALID_CREDENTIALS'));
    expect((await change(user.accessToken, user.password)).errors).toBeUndefined();
  });

  it('judges the new password before anything is checked or changed', async () => {
    const user = await registerUser(server().url);
    const before = await snapshot(database());
    const refused = await change(user.accessToken, user.password, 'short');
    expect(refused.refusal).toEqual({ code: 'BAD_USER_INPUT', field: 'newPassword', problem: 'TOO_SHORT' });
    const overlong = await change(user.accessToken, 'x'.repeat(1025));
    expect(overlong.refusal).toEqual({
      code: 'BAD_USER_INPUT',
      field: 'currentPassword',
      problem: 'TOO_LONG',
    });
    expect(await snapshot(database())).toBe(before);
  });

  it('needs a signed-in caller whose session lives', async () => {
    const user = await registerUser(server().url);
    const input = { currentPassword: user.password, newPassword: NEW_PASSWORD };
    const anonymous = await send(server().url, CHANGE_PASSWORD, { input });
    expect(anonymous.refusal).toEqual({ code: 'UNAUTHENTICATED', reason: 'MISSING' });
    const other = await login(server().url, user);
    await change(other.accessToken, user.password);
    const ended = await change(user.accessToken, NEW_PASSWORD, 'yet another password of mine');
    expect(ended.refusal).toMatchObject({ reason: 'SESSION_ENDED', endReason: 'PASSWORD_CHANGED' });
    await login(server().url, { ...user, password: NEW_PASSWORD });
  });

  it('is refused for an account that is suspended', async () => {
    const user = await registerUser(server().url);
    await changeUser(database(), user.userId, { status: 'SUSPENDED' });
    const refused = await change(user.accessToken, user.password);
    expect(refused.refusal).toMatchObject({ reason: 'SESSION_ENDED', endReason: 'USER_SUSPENDED' });
  });

  it('takes the same password again: no rule says that it must differ', async () => {
    const user = await registerUser(server().url);
    expect((await change(user.accessToken, user.password, user.password)).errors).toBeUndefined();
    await login(server().url, user);
  });
});
