import { decodeJwt } from 'jose';
import type { TokenHolder } from '../../src/hooks/hooks.ts';
import {
  bearer,
  LOGIN,
  LOGOUT,
  login,
  REGISTER,
  refreshWith,
  registerUser,
  send,
  tokensOf,
} from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { ADMIN } from '../support/server.ts';
import { introspect, newService } from '../support/service.ts';
import { runEmbedded } from './embedded.ts';

const REAUTHENTICATE =
  'mutation ($password: String!) { reauthenticate(password: $password) { accessToken } }';
const CHANGE = 'mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { accessToken } }';
const SET_ROLES = 'mutation ($id: ID!) { setUserRoles(userId: $id, roles: [USER, ADMIN]) { id } }';

onEachDatabase('claims', (database) => {
  const asked: TokenHolder[] = [];
  let answer: (holder: TokenHolder) => unknown;
  const portcullis = runEmbedded(database, () => ({
    hooks: {
      claims(holder) {
        asked.push(holder);
        return answer(holder) as object;
      },
    },
  }));
  beforeEach(() => {
    asked.length = 0;
    answer = ({ user }) => ({ plan: 'pro', seenRoles: user.roles });
  });
  const url = () => portcullis().url;
  const away = () => Promise.reject(new Error('the service for plans is away'));
  const UNAVAILABLE = { code: 'UNAVAILABLE', retryAfter: 1 };

  it('stand in every access token, of whoever it is issued to', async () => {
    const user = await registerUser(url());
    const session = { id: user.sessionId };
    const member = { id: user.userId, email: user.email, roles: ['USER'] };
    const refreshed = tokensOf(await refreshWith(url(), user.refreshToken), 'refresh');
    const { password } = user;
    const proven = await send(url(), REAUTHENTICATE, { password }, bearer(refreshed.accessToken));
    const input = { currentPassword: password, newPassword: 'another horse battery' };
    const changed = await send(url(), CHANGE, { input }, bearer(refreshed.accessToken));
    expect(asked).toEqual(Array(4).fill({ user: member, session }));
    const loggedIn = await login(url(), { ...user, password: input.newPassword });
    expect(asked[4]).toEqual({ user: member, session: { id: loggedIn.sessionId } });
    const tokens = [
      user.accessToken,
      refreshed.accessToken,
      proven.data.reauthenticate.accessToken,
      changed.data.changePassword.accessToken,
      loggedIn.accessToken,
    ];
    for (const token of tokens)
      expect(decodeJwt(token)).toMatchObject({ plan: 'pro', seenRoles: ['USER'], roles: ['USER'] });
    const caller = await portcullis().gate.authenticate(`Bearer ${loggedIn.accessToken}`);
    expect(caller.claims).toEqual({ plan: 'pro', seenRoles: ['USER'] });
  });

  it('are asked for again at a refresh, by what the account has become', async () => {
    const user = await registerUser(url());
    await send(url(), SET_ROLES, { id: user.userId }, bearer((await login(url(), ADMIN)).accessToken));
    const { accessToken } = tokensOf(await refreshWith(url(), user.refreshToken), 'refresh');
    expect(decodeJwt(accessToken)).toMatchObject({ seenRoles: ['USER', 'ADMIN'] });
  });

  it('are told to a service that introspects, beside ours', async () => {
    const [user, service] = [await registerUser(url()), await newService(database())];
    const { body } = await introspect(url(), service, user.accessToken);
    expect(body).toMatchObject({ active: true, sub: user.userId, roles: ['USER'] });
    expect(body).toMatchObject({ plan: 'pro', seenRoles: ['USER'] });
    await send(url(), LOGOUT, { input: { refreshToken: user.refreshToken } });
    expect((await introspect(url(), service, user.accessToken)).body).toEqual({ active: false });
  });

  it('are of the account that the session begins with, though it changes meanwhile', async () => {
    const user = await registerUser(url());
    const admin = bearer((await login(url(), ADMIN)).accessToken);
    let isFirst = true;
    answer = async (holder) => {
      if (holder.user.id === user.userId && isFirst) {
        isFirst = false;
        await send(url(), SET_ROLES, { id: user.userId }, admin);
      }
      return { seenRoles: holder.user.roles };
    };
    const { accessToken } = await login(url(), user);
    expect(isFirst).toBe(false);
    expect(decodeJwt(accessToken)).toMatchObject({ roles: ['USER', 'ADMIN'], seenRoles: ['USER', 'ADMIN'] });
  });

  it.each<[string, unknown, string]>([
    ['a name of ours', { roles: ['ADMIN'] }, 'Extra claims must not have the names roles.'],
    ['what is not JSON', { since: new Date(0) }, 'The extra claim since is not JSON.'],
    [
      'more than a token has room for',
      { text: 'x'.repeat(2000) },
      'Extra claims must have at most 1024 bytes as JSON; they have 2011.',
    ],
  ])('cannot be %s: nothing is issued, and the log says why', async (_title, claims, message) => {
    const user = await registerUser(url());
    answer = () => claims;
    const { email, password } = user;
    const refused = await send(url(), LOGIN, { input: { email, password, transport: 'BODY' } });
    expect([refused.data, refused.refusal]).toEqual([null, UNAVAILABLE]);
    expect(
      portcullis()
        .log()
        .findLast(({ msg }) => msg === 'refused'),
    ).toMatchObject({
      err: { message: 'The hook claims failed.', cause: { message } },
    });
  });

  it('that cannot be had begin no session and make no account', async () => {
    const user = await registerUser(url());
    const rows = async () => [
      await database().query('SELECT COUNT(*) AS n FROM sessions'),
      await database().query('SELECT COUNT(*) AS n FROM users'),
      await database().query('SELECT COUNT(*) AS n FROM audit_events'),
    ];
    const before = await rows();
    answer = away;
    const { email, password } = user;
    const refused = [
      await send(url(), LOGIN, { input: { email, password, transport: 'BODY' } }),
      await send(url(), REGISTER, { input: { email: 'new@example.com', password, transport: 'BODY' } }),
    ];
    expect(refused.map(({ refusal }) => refusal)).toEqual([UNAVAILABLE, UNAVAILABLE]);
    expect(await rows()).toEqual(before);
  });

  it('that cannot be had lose no refresh: the retry gets its successor, and nobody is taken for a thief', async () => {
    const user = await registerUser(url());
    answer = away;
    expect((await refreshWith(url(), user.refreshToken)).refusal).toEqual(UNAVAILABLE);
    answer = () => ({ plan: 'free' });
    const [one, other] = [
      tokensOf(await refreshWith(url(), user.refreshToken), 'refresh'),
      tokensOf(await refreshWith(url(), user.refreshToken), 'refresh'),
    ];
    expect(one.refreshToken).toBe(other.refreshToken);
    const next = tokensOf(await refreshWith(url(), one.refreshToken), 'refresh');
    expect(decodeJwt(next.accessToken)).toMatchObject({ plan: 'free', sid: user.sessionId });
  });

  it('that cannot be had change no password and prove nothing', async () => {
    const user = await registerUser(url());
    const { password } = user;
    answer = away;
    const input = { currentPassword: password, newPassword: 'another horse battery' };
    const caller = bearer(user.accessToken);
    expect((await send(url(), REAUTHENTICATE, { password }, caller)).refusal).toEqual(UNAVAILABLE);
    expect((await send(url(), CHANGE, { input }, caller)).refusal).toEqual(UNAVAILABLE);
    answer = () => undefined;
    expect(decodeJwt((await login(url(), user)).accessToken)).not.toHaveProperty('plan');
  });
});
