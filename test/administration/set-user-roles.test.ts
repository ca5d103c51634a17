import { claimsOf, newAdmin, SET_ROLES } from '../support/administration.ts';
import {
  type Answer,
  bearer,
  login,
  ME,
  refreshWith,
  registerUser,
  send,
  type Tokens,
  tokensOf,
} from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { auditOf, sessionRow, snapshot, userRow } from '../support/rows.ts';
import { runServer } from '../support/running.ts';

const USERS = '{ users(first: 1) { nodes { id } } }';

onEachDatabase('setUserRoles', (database) => {
  const server = runServer(database);
  let admin: Tokens;
  beforeAll(async () => {
    admin = await login(server().url);
  });
  const setRoles = (userId: string, roles: readonly string[]): Promise<Answer> =>
    send(server().url, SET_ROLES, { userId, roles }, bearer(admin.accessToken));
  const ask = (accessToken: string, query = ME) => send(server().url, query, {}, bearer(accessToken));
  const stale = { code: 'UNAUTHENTICATED', reason: 'STALE' };

  it('E4 demotes mid-session: STALE at once, the refreshed token is judged by the new roles, the session lives', async () => {
    const user = await newAdmin(server().url, admin);
    const second = await login(server().url, user);
    expect((await ask(user.accessToken, USERS)).errors).toBeUndefined();
    expect((await setRoles(user.userId, ['USER'])).data.setUserRoles.roles).toEqual(['USER']);
    for (const tokens of [user, second]) {
      expect((await ask(tokens.accessToken)).refusal).toEqual(stale);
      expect((await ask(tokens.accessToken, USERS)).refusal).toEqual(stale);
      const refreshed = tokensOf(await refreshWith(server().url, tokens.refreshToken), 'refresh');
      expect(refreshed.sessionId).toBe(tokens.sessionId);
      expect(claimsOf(refreshed.accessToken)['roles']).toEqual(['USER']);
      expect((await ask(refreshed.accessToken, USERS)).refusal).toEqual({ code: 'FORBIDDEN' });
      expect((await ask(refreshed.accessToken)).data.me.roles).toEqual(['USER']);
      expect((await sessionRow(database(), tokens.sessionId))['ended_at']).toBeNull();
      expect(await auditOf(database(), tokens.sessionId, 'SESSION_ENDED')).toEqual([]);
    }
  });

  it('E4 promotes mid-session: the next refresh carries the new roles', async () => {
    const user = await registerUser(server().url);
    expect((await ask(user.accessToken, USERS)).refusal).toEqual({ code: 'FORBIDDEN' });
    expect((await setRoles(user.userId, ['ADMIN'])).data.setUserRoles.roles).toEqual(['USER', 'ADMIN']);
    expect((await ask(user.accessToken, USERS)).refusal).toEqual(stale);
    const refreshed = tokensOf(await refreshWith(server().url, user.refreshToken), 'refresh');
    expect(claimsOf(refreshed.accessToken)['roles']).toEqual(['USER', 'ADMIN']);
    expect((await ask(refreshed.accessToken, USERS)).errors).toBeUndefined();
  });

  it.each([
    [[], ['USER']],
    [['USER', 'USER'], ['USER']],
    [
      ['ADMIN', 'ADMIN', 'USER'],
      ['USER', 'ADMIN'],
    ],
  ])('given %j sets %j: everybody has USER, nothing is said twice', async (wanted, roles) => {
    const user = await registerUser(server().url);
    expect((await setRoles(user.userId, wanted)).data.setUserRoles.roles).toEqual(roles);
    expect((await userRow(database(), user.userId))['roles']).toBe(roles.join(','));
  });

  it('changes nothing where the roles are these already: no token goes STALE', async () => {
    const user = await registerUser(server().url);
    const before = await snapshot(database());
    expect((await setRoles(user.userId, ['USER'])).errors).toBeUndefined();
    expect(await snapshot(database())).toBe(before);
    expect((await ask(user.accessToken)).errors).toBeUndefined();
  });

  it('knows neither an unknown user nor an unknown role', async () => {
    const user = await registerUser(server().url);
    expect((await setRoles('01890a5d-ac96-774b-bcce-b302099a8057', ['ADMIN'])).refusal).toEqual({
      code: 'NOT_FOUND',
    });
    expect((await setRoles('no id', ['ADMIN'])).refusal).toEqual({ code: 'NOT_FOUND' });
    expect((await setRoles(user.userId, ['ROOT'])).status).toBe(400);
    expect((await userRow(database(), user.userId))['roles']).toBe('USER');
  });
});
