import { Browser } from '../support/browser.ts';
import {
  bearer,
  LOGIN,
  login,
  ME,
  REFRESH,
  REVOKE_ALL,
  REVOKE_SESSION,
  refreshWith,
  registerUser,
  send,
  tokensOf,
} from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { auditOf, changeRoles, sessionRow } from '../support/rows.ts';
import { runServer } from '../support/running.ts';

const MINUTE = 60_000;
const INVALID = { code: 'UNAUTHENTICATED', reason: 'INVALID' };
const ended = (endReason: string) => ({
  code: 'UNAUTHENTICATED',
  reason: 'SESSION_ENDED',
  endReason,
  endedAt: expect.any(String),
});

onEachDatabase('refresh', (database) => {
  const server = runServer(database, { SESSION_IDLE_TTL: '20m', SESSION_LIFETIME: '30m' });
  const refreshed = async (refreshToken: string) =>
    tokensOf(await refreshWith(server().url, refreshToken), 'refresh');

  it('goes on for as long as it is used: each token is exchanged for the next', async () => {
    let { refreshToken, sessionId } = await registerUser(server().url);
    const seen = new Set([refreshToken]);
    for (let round = 0; round < 5; round++) {
      const next = await refreshed(refreshToken);
      expect(next.sessionId).toBe(sessionId);
      ({ refreshToken, sessionId } = next);
      seen.add(refreshToken);
      await database().age(sessionId, MINUTE);
    }
    expect(seen.size).toBe(6);
  });

  it('is MISSING without a token, in both transports', async () => {
    const missing = { code: 'UNAUTHENTICATED', reason: 'MISSING' };
    expect((await send(server().url, REFRESH)).refusal).toEqual(missing);
    expect((await send(server().url, REFRESH, { input: {} })).refusal).toEqual(missing);
    expect((await new Browser(server().url).send(REFRESH)).refusal).toEqual(missing);
  });

  it.each([
    '',
    ' ',
    'rubbish',
    'pr1_',
    `pr1_${'A'.repeat(72)}`,
    `pr2_${'A'.repeat(72)}`,
    'x'.repeat(100_000),
  ])('is INVALID for what is no token of ours, in the body: %.20s', async (token) => {
    expect((await refreshWith(server().url, token)).refusal).toEqual(INVALID);
  });

  it('is INVALID for what is no token of ours in the cookie, which stays as it is', async () => {
    for (const token of ['', 'rubbish', `pr1_${'A'.repeat(72)}`]) {
      const answer = await send(server().url, REFRESH, {}, { cookie: `refresh_token=${token}` });
      expect(answer.refusal).toEqual(INVALID);
      expect(answer.setCookies).toEqual([]);
    }
  });

  it('C10 ends at the inactivity timeout, computed: the row is not written, no line in the log', async () => {
    const { refreshToken, accessToken, sessionId } = await registerUser(server().url);
    await database().age(sessionId, 20 * MINUTE);
    const row = await sessionRow(database(), sessionId);
    expect((await refreshWith(server().url, refreshToken)).refusal).toEqual({
      ...ended('IDLE_TIMEOUT'),
      endedAt: new Date(Number(row['idle_expires_at'])).toISOString(),
    });
    expect((await send(server().url, ME, {}, bearer(accessToken))).refusal).toEqual(ended('IDLE_TIMEOUT'));
    expect(await sessionRow(database(), sessionId)).toEqual(row);
    expect((await auditOf(database(), sessionId)).map(({ type }) => type)).toEqual(['LOGIN_SUCCEEDED']);
  });

  it('C10 lives a minute before each deadline, and ends at the absolute one however much it is used', async () => {
    const { refreshToken, sessionId } = await registerUser(server().url);
    await database().age(sessionId, 19 * MINUTE);
    const second = await refreshed(refreshToken);
    await database().age(sessionId, 10 * MINUTE);
    const third = await refreshed(second.refreshToken);
    await database().age(sessionId, MINUTE);
    const row = await sessionRow(database(), sessionId);
    expect(row['idle_expires_at']).toBe(row['expires_at']);
    expect((await refreshWith(server().url, third.refreshToken)).refusal).toEqual({
      ...ended('LIFETIME_REACHED'),
      endedAt: new Date(Number(row['expires_at'])).toISOString(),
    });
  });

  it('C10 says the same of a session long after as at its end: the first deadline ended it', async () => {
    const { refreshToken, sessionId } = await registerUser(server().url);
    await database().age(sessionId, 60 * MINUTE);
    const row = await sessionRow(database(), sessionId);
    expect((await refreshWith(server().url, refreshToken)).refusal).toEqual({
      ...ended('IDLE_TIMEOUT'),
      endedAt: new Date(Number(row['idle_expires_at'])).toISOString(),
    });
  });

  it('moves the inactivity timeout at a rotation, never past the absolute lifetime, which stays', async () => {
    const { refreshToken, sessionId } = await registerUser(server().url);
    await database().age(sessionId, 5 * MINUTE);
    const aged = await sessionRow(database(), sessionId);
    await refreshed(refreshToken);
    const moved = await sessionRow(database(), sessionId);
    expect(moved['expires_at']).toBe(aged['expires_at']);
    expect(Number(moved['idle_expires_at']) - Number(moved['last_seen_at'])).toBe(20 * MINUTE);
    await refreshed(refreshToken);
    expect(await sessionRow(database(), sessionId)).toEqual(moved);
  });

  it('tells how the session ended to the presentation that is reuse as to every later one', async () => {
    const { refreshToken, sessionId } = await registerUser(server().url);
    const next = await refreshed(refreshToken);
    await refreshed(next.refreshToken);
    await database().age(sessionId, MINUTE);
    const reuse = await refreshWith(server().url, refreshToken);
    expect(reuse.refusal).toEqual(ended('REFRESH_TOKEN_REUSE'));
    expect((await refreshWith(server().url, next.refreshToken)).refusal).toEqual(reuse.refusal);
  });

  it('never refuses because the token version moved: it issues a token of the version it reads', async () => {
    const { refreshToken, accessToken, userId } = await registerUser(server().url);
    await changeRoles(database(), userId, 'USER');
    const stale = await send(server().url, ME, {}, bearer(accessToken));
    expect(stale.refusal).toEqual({ code: 'UNAUTHENTICATED', reason: 'STALE' });
    const answer = await refreshWith(server().url, refreshToken, bearer(accessToken));
    const next = tokensOf(answer, 'refresh');
    expect((await send(server().url, ME, {}, bearer(next.accessToken))).errors).toBeUndefined();
  });

  it('ignores a bearer that does not verify, and takes one of the same session', async () => {
    const { refreshToken, accessToken } = await registerUser(server().url);
    for (const bad of ['rubbish', `${accessToken}x`, '']) {
      expect((await refreshWith(server().url, refreshToken, bearer(bad))).errors).toBeUndefined();
    }
    expect((await refreshWith(server().url, refreshToken, bearer(accessToken))).errors).toBeUndefined();
  });

  it('is INVALID with a verified bearer of another session, even of the same user: nothing is rotated', async () => {
    const user = await registerUser(server().url);
    const other = await login(server().url, user);
    const before = await sessionRow(database(), user.sessionId);
    const answer = await refreshWith(server().url, user.refreshToken, bearer(other.accessToken));
    expect(answer.refusal).toEqual(INVALID);
    expect(await sessionRow(database(), user.sessionId)).toEqual(before);
    expect((await refreshWith(server().url, user.refreshToken)).errors).toBeUndefined();
  });

  it('is INVALID for a token that comes by the other transport: nothing is rotated', async () => {
    const native = await registerUser(server().url);
    const inCookie = new Browser(server().url);
    inCookie.plant(`refresh_token=${native.refreshToken}`);
    const page = new Browser(server().url);
    const input = { email: native.email, password: native.password };
    const session = (await page.send(LOGIN, { input })).data.login.session;
    const rows = () => Promise.all([native.sessionId, session.id].map((id) => sessionRow(database(), id)));
    const before = await rows();
    const toCookie = await inCookie.send(REFRESH);
    expect(toCookie.refusal).toEqual(INVALID);
    expect(toCookie.setCookies).toEqual([]);
    expect((await refreshWith(server().url, page.refreshToken ?? '')).refusal).toEqual(INVALID);
    expect(await rows()).toEqual(before);
    expect((await refreshWith(server().url, native.refreshToken)).errors).toBeUndefined();
    expect((await page.send(REFRESH)).errors).toBeUndefined();
  });

  it('is refused with the reason of every other ending', async () => {
    const user = await registerUser(server().url);
    const other = await login(server().url, user);
    await send(server().url, REVOKE_SESSION, { id: other.sessionId }, bearer(user.accessToken));
    expect((await refreshWith(server().url, other.refreshToken)).refusal).toEqual(ended('REVOKED_BY_USER'));
    const admin = await login(server().url);
    await send(server().url, REVOKE_ALL, { userId: user.userId }, bearer(admin.accessToken));
    expect((await refreshWith(server().url, user.refreshToken)).refusal).toEqual(ended('REVOKED_BY_ADMIN'));
  });
});
