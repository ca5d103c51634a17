import { Browser } from '../support/browser.ts';
import {
  bearer,
  LOGIN,
  LOGOUT,
  login,
  ME,
  MY_SESSIONS,
  REFRESH,
  REVOKE_ALL,
  REVOKE_OTHERS,
  refreshWith,
  registerUser,
  send,
  type Tokens,
  tokensOf,
} from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { auditOf, changeRoles, changeUser, sessionRow, snapshot } from '../support/rows.ts';
import { runServer } from '../support/running.ts';

const STALE = { code: 'UNAUTHENTICATED', reason: 'STALE' };
const ended = (endReason: string) => ({
  code: 'UNAUTHENTICATED',
  reason: 'SESSION_ENDED',
  endReason,
  endedAt: expect.any(String),
});

onEachDatabase('signed out means signed out', (database) => {
  const server = runServer(database);
  const as = (tokens: Tokens, query: string, variables: object = {}) =>
    send(server().url, query, variables, bearer(tokens.accessToken));
  const refusalOf = async (tokens: Tokens, query = ME) => (await as(tokens, query)).refusal;

  it('E1 after logout the same access token is refused at once, at every field and every access token of it', async () => {
    const user = await registerUser(server().url);
    const next = tokensOf(await refreshWith(server().url, user.refreshToken), 'refresh');
    expect(await refusalOf(user)).toBeUndefined();
    await send(server().url, LOGOUT, { input: { refreshToken: next.refreshToken } });
    for (const tokens of [user, next]) {
      for (const query of [ME, MY_SESSIONS, REVOKE_OTHERS]) {
        expect(await refusalOf(tokens, query)).toEqual(ended('LOGOUT'));
      }
      expect((await refreshWith(server().url, tokens.refreshToken)).refusal).toEqual(ended('LOGOUT'));
    }
  });

  it('E1 of fifty requests that leave together with a logout none that comes after its answer is served', async () => {
    const user = await registerUser(server().url);
    const early = Array.from({ length: 25 }, () => refusalOf(user));
    const out = await send(server().url, LOGOUT, { input: { refreshToken: user.refreshToken } });
    expect(out.data).toEqual({ logout: { ended: true } });
    const late = await Promise.all(Array.from({ length: 25 }, () => refusalOf(user)));
    for (const refusal of late) expect(refusal).toEqual(ended('LOGOUT'));
    for (const refusal of await Promise.all(early)) {
      if (refusal !== undefined) expect(refusal).toEqual(ended('LOGOUT'));
    }
  });

  it('E6 revokeAllForUser on oneself and then a protected field in one document: the second is denied', async () => {
    const admin = await login(server().url);
    const document =
      'mutation ($userId: ID!) { all: revokeAllForUser(userId: $userId) { revokedCount } others: revokeOtherSessions { revokedCount } again: revokeAllForUser(userId: $userId) { revokedCount } }';
    const answer = await as(admin, document, { userId: admin.userId });
    expect(answer.errors?.map(({ path, extensions }) => [path, extensions])).toEqual([
      [['others'], ended('REVOKED_BY_ADMIN')],
    ]);
    expect(answer.data).toBeNull();
    expect(await auditOf(database(), admin.sessionId, 'SESSION_ENDED')).toHaveLength(1);
  });

  it('E6 the same document about somebody else is served to its end: the control', async () => {
    const [admin, user] = [await login(server().url), await registerUser(server().url)];
    const document =
      'mutation ($userId: ID!) { all: revokeAllForUser(userId: $userId) { revokedCount } again: revokeAllForUser(userId: $userId) { revokedCount } }';
    const answer = await as(admin, document, { userId: user.userId });
    expect(answer.data).toEqual({ all: { revokedCount: 1 }, again: { revokedCount: 0 } });
  });

  it('E6 revokeSession of the current session, and then what the session may no longer do', async () => {
    const user = await registerUser(server().url);
    const other = await login(server().url, user);
    const document =
      'mutation ($own: ID!, $other: ID!) { own: revokeSession(id: $own) { id } other: revokeSession(id: $other) { id } }';
    const answer = await as(user, document, { own: user.sessionId, other: other.sessionId });
    expect(answer.refusal).toEqual(ended('REVOKED_BY_USER'));
    expect(await refusalOf(other)).toBeUndefined();
  });

  it('E6 logout and then a protected field in one document: the second is denied', async () => {
    const user = await registerUser(server().url);
    const answer = await as(user, 'mutation { logout { ended } revokeOtherSessions { revokedCount } }');
    expect(answer.refusal).toEqual(ended('LOGOUT'));
  });

  it.each([
    ['SUSPENDED', 'USER_SUSPENDED'],
    ['DELETED', 'USER_DELETED'],
  ])('E9 a %s user is out at once, without a refresh, on every device', async (status, endReason) => {
    const user = await registerUser(server().url);
    const other = await login(server().url, user);
    const page = new Browser(server().url);
    await page.send(LOGIN, { input: { email: user.email, password: user.password } });
    const email = status === 'DELETED' ? null : user.email;
    await changeUser(database(), user.userId, { status, email });
    const before = await sessionRow(database(), user.sessionId);
    for (const tokens of [user, other]) {
      expect(await refusalOf(tokens)).toEqual(ended(endReason));
      const refused = await refreshWith(server().url, tokens.refreshToken);
      expect(refused.refusal).toEqual(ended(endReason));
    }
    const late = await page.send(REFRESH);
    expect(late.refusal).toEqual(ended(endReason));
    expect(late.setCookies).toEqual([]);
    expect(await sessionRow(database(), user.sessionId)).toEqual(before);

    const { email: address, password } = user;
    const again = await send(server().url, LOGIN, { input: { email: address, password } });
    expect(again.refusal).toEqual({ code: 'INVALID_CREDENTIALS' });
    expect(again.setCookies).toEqual([]);
  });

  it('E9 what a suspended user could do is done by nobody in their name', async () => {
    const admin = await registerUser(server().url);
    await changeRoles(database(), admin.userId, 'USER,ADMIN');
    const tokens = tokensOf(await refreshWith(server().url, admin.refreshToken), 'refresh');
    const victim = await registerUser(server().url);
    await changeUser(database(), admin.userId, { status: 'SUSPENDED' });
    const before = await snapshot(database());
    const refused = await as(tokens, REVOKE_ALL, { userId: victim.userId });
    expect(refused.refusal).toEqual(ended('USER_SUSPENDED'));
    expect(await snapshot(database())).toBe(before);
  });

  it('E4 a promotion mid-session: STALE, and by the new roles after the refresh; the session lives', async () => {
    const user = await registerUser(server().url);
    const other = await registerUser(server().url);
    const all = { userId: other.userId };
    expect((await as(user, REVOKE_ALL, all)).refusal).toEqual({ code: 'FORBIDDEN' });
    await changeRoles(database(), user.userId, 'USER,ADMIN');
    expect((await as(user, REVOKE_ALL, all)).refusal).toEqual(STALE);
    const next = tokensOf(await refreshWith(server().url, user.refreshToken), 'refresh');
    expect(next.sessionId).toBe(user.sessionId);
    expect((await as(next, REVOKE_ALL, all)).data).toEqual({ revokeAllForUser: { revokedCount: 1 } });
  });

  it('E4 a demotion mid-session: STALE, and FORBIDDEN after the refresh; the session lives', async () => {
    const user = await registerUser(server().url);
    await changeRoles(database(), user.userId, 'USER,ADMIN');
    const admin = tokensOf(await refreshWith(server().url, user.refreshToken), 'refresh');
    const nobody = { userId: '01890a5d-ac96-774b-bcce-b302099a8057' };
    expect((await as(admin, REVOKE_ALL, nobody)).refusal).toEqual({ code: 'NOT_FOUND' });
    await changeRoles(database(), user.userId, 'USER');
    expect((await as(admin, REVOKE_ALL, nobody)).refusal).toEqual(STALE);
    expect(await refusalOf(admin)).toEqual(STALE);
    const demoted = tokensOf(await refreshWith(server().url, admin.refreshToken), 'refresh');
    expect((await as(demoted, REVOKE_ALL, nobody)).refusal).toEqual({ code: 'FORBIDDEN' });
    expect((await as(demoted, ME)).data.me.roles).toEqual(['USER']);
    expect(demoted.sessionId).toBe(user.sessionId);
  });

  it('E4 roles count as the row has them, even where nobody raised the version', async () => {
    const user = await registerUser(server().url);
    await changeRoles(database(), user.userId, 'USER,ADMIN');
    const admin = tokensOf(await refreshWith(server().url, user.refreshToken), 'refresh');
    await changeUser(database(), user.userId, { roles: 'USER' });
    const refused = await as(admin, REVOKE_ALL, { userId: user.userId });
    expect(refused.refusal).toEqual({ code: 'FORBIDDEN' });
    expect((await as(admin, ME)).data.me.roles).toEqual(['USER']);
  });

  it('a deleted account’s e-mail is free again, and the new account is another one', async () => {
    const user = await registerUser(server().url);
    await changeUser(database(), user.userId, { status: 'DELETED', email: null });
    const { email, password } = user;
    const register = 'mutation ($input: RegisterInput!) { register(input: $input) { user { id } } }';
    const anew = await send(server().url, register, { input: { email, password } });
    expect(anew.data.register.user.id).not.toBe(user.userId);
    expect(await refusalOf(user)).toEqual(ended('USER_DELETED'));
    const admin = await login(server().url);
    const gone = await as(admin, REVOKE_ALL, { userId: user.userId });
    expect(gone.refusal).toEqual({ code: 'NOT_FOUND' });
  });
});
