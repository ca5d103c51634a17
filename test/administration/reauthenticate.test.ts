import { claimsOf, REAUTHENTICATE } from '../support/administration.ts';
import { Browser } from '../support/browser.ts';
import {
  bearer,
  ME,
  MY_SESSIONS,
  REGISTER,
  refreshWith,
  registerUser,
  send,
  tokensOf,
} from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { anAccessToken } from '../support/payloads.ts';
import { auditOf, sessionRow, userRow } from '../support/rows.ts';
import { runServer } from '../support/running.ts';

onEachDatabase('reauthenticate', (database) => {
  const server = runServer(database);
  const reauthenticate = (accessToken: string, password: string) =>
    send(server().url, REAUTHENTICATE, { password }, bearer(accessToken));
  const authTime = (accessToken: string) => Number(claimsOf(accessToken)['auth_time']);

  it('moves auth_time and authenticatedAt: same session, nothing rotated, no refresh token', async () => {
    const user = await registerUser(server().url);
    await database().age(user.sessionId, 500_000);
    const before = await sessionRow(database(), user.sessionId);
    const answer = await reauthenticate(user.accessToken, user.password);
    expect(answer.data.reauthenticate).toMatchObject({
      accessToken: anAccessToken(),
      tokenType: 'Bearer',
      expiresIn: 300,
      refreshToken: null,
      session: { id: user.sessionId, current: true },
      user: { id: user.userId },
    });
    expect(answer.setCookies).toEqual([]);
    const { authenticated_at: proven, ...after } = await sessionRow(database(), user.sessionId);
    expect(before).toMatchObject(after);
    expect(Number(proven)).toBeGreaterThanOrEqual(Number(before['authenticated_at']) + 500_000);
    const { accessToken, session } = answer.data.reauthenticate;
    expect(authTime(accessToken)).toBe(Math.floor(Number(proven) / 1000));
    expect(new Date(session.authenticatedAt).getTime()).toBe(Number(proven));
    const [listed] = (await send(server().url, MY_SESSIONS, {}, bearer(accessToken))).data.mySessions;
    expect(listed.authenticatedAt).toBe(session.authenticatedAt);
  });

  it('leaves the tokens that were there as they were: old access token and refresh token stay good', async () => {
    const user = await registerUser(server().url);
    await reauthenticate(user.accessToken, user.password);
    const me = await send(server().url, ME, {}, bearer(user.accessToken));
    expect(me.data.me.id).toBe(user.userId);
    expect((await refreshWith(server().url, user.refreshToken)).errors).toBeUndefined();
    expect(Number((await userRow(database(), user.userId))['token_version'])).toBe(1);
  });

  it('is the only thing that moves auth_time: neither a refresh nor a rotation nor a replay does', async () => {
    const user = await registerUser(server().url);
    await database().age(user.sessionId, 300_000);
    const proven = Number((await sessionRow(database(), user.sessionId))['authenticated_at']);
    const first = tokensOf(await refreshWith(server().url, user.refreshToken), 'refresh');
    const replayed = tokensOf(await refreshWith(server().url, user.refreshToken), 'refresh');
    const second = tokensOf(await refreshWith(server().url, first.refreshToken), 'refresh');
    for (const { accessToken } of [first, replayed, second]) {
      expect(authTime(accessToken)).toBe(Math.floor(proven / 1000));
    }
    expect(Number((await sessionRow(database(), user.sessionId))['authenticated_at'])).toBe(proven);
    const answer = await reauthenticate(second.accessToken, user.password);
    const moved = authTime(answer.data.reauthenticate.accessToken);
    expect(moved).toBeGreaterThan(Math.floor(proven / 1000) + 299);
    const third = tokensOf(await refreshWith(server().url, second.refreshToken), 'refresh');
    expect(authTime(third.accessToken)).toBe(moved);
  });

  it('does not touch the cookie', async () => {
    const page = new Browser(server().url);
    const input = {
      email: `page-${Date.now()}-${Math.random()}@example.com`,
      password: 'the password of a page',
    };
    const registered = (await page.send(REGISTER, { input })).data.register;
    const cookie = page.cookie;
    const answer = await page.send(
      REAUTHENTICATE,
      { password: input.password },
      bearer(registered.accessToken),
    );
    expect(answer.data.reauthenticate.session.id).toBe(registered.session.id);
    expect([answer.setCookies, page.cookie]).toEqual([[], cookie]);
  });

  it('refuses a wrong password with INVALID_CREDENTIALS; both outcomes are audited', async () => {
    const user = await registerUser(server().url);
    const before = await sessionRow(database(), user.sessionId);
    const wrong = await reauthenticate(user.accessToken, `${user.password}!`);
    expect([wrong.refusal, wrong.data]).toEqual([{ code: 'INVALID_CREDENTIALS' }, null]);
    expect(await sessionRow(database(), user.sessionId)).toEqual(before);
    await reauthenticate(user.accessToken, user.password);
    const events = await auditOf(database(), user.sessionId);
    const id = (await userRow(database(), user.userId))['id'];
    expect(events.map(({ type, detail, actor_id, user_id }) => [type, detail, actor_id, user_id])).toEqual([
      ['LOGIN_SUCCEEDED', null, id, id],
      ['LOGIN_FAILED', 'INVALID_CREDENTIALS', null, id],
      ['REAUTHENTICATED', null, id, id],
    ]);
  });

  it('takes the password of the caller, not that of somebody else', async () => {
    const [user, other] = [await registerUser(server().url), await registerUser(server().url)];
    const wrong = await reauthenticate(user.accessToken, other.password);
    expect(wrong.refusal).toEqual({ code: 'INVALID_CREDENTIALS' });
    expect((await reauthenticate(other.accessToken, other.password)).errors).toBeUndefined();
  });

  it('needs a signed-in caller', async () => {
    const user = await registerUser(server().url);
    const anonymous = await send(server().url, REAUTHENTICATE, { password: user.password });
    expect(anonymous.refusal).toEqual({ code: 'UNAUTHENTICATED', reason: 'MISSING' });
  });
});
