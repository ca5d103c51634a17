import {
  bearer,
  LOGOUT,
  login,
  ME,
  MY_SESSIONS,
  REVOKE_ALL,
  REVOKE_OTHERS,
  REVOKE_SESSION,
  refreshWith,
  registerUser,
  send,
  type Tokens,
} from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { aTime, WHOLE_REVOKE_SESSION } from '../support/payloads.ts';
import { auditOf, changeRoles, sessionRow, userRow } from '../support/rows.ts';
import { runServer } from '../support/running.ts';

const DAY = 86_400_000;
const NOT_FOUND = { code: 'NOT_FOUND' };
const ended = (endReason: string) => ({
  code: 'UNAUTHENTICATED',
  reason: 'SESSION_ENDED',
  endReason,
  endedAt: aTime(),
});

onEachDatabase('revoking', (database) => {
  const server = runServer(database);
  const as = (tokens: Tokens, query: string, variables: object = {}) =>
    send(server().url, query, variables, bearer(tokens.accessToken));
  const refusalOf = async (tokens: Tokens) => (await as(tokens, ME)).refusal;
  const endings = async (sessionId: string) =>
    (await auditOf(database(), sessionId, 'SESSION_ENDED')).map(({ detail }) => detail);

  describe('revokeSession', () => {
    it('ends one’s own: access token and refresh token are refused from then on, and others live', async () => {
      const user = await registerUser(server().url);
      const other = await login(server().url, user);
      const { data } = await as(user, REVOKE_SESSION, { id: other.sessionId });
      expect(data.revokeSession).toEqual({
        id: other.sessionId,
        current: false,
        endedAt: aTime(),
        endReason: 'REVOKED_BY_USER',
        user: { id: user.userId },
      });
      expect(await refusalOf(other)).toEqual(ended('REVOKED_BY_USER'));
      const refused = await refreshWith(server().url, other.refreshToken);
      expect(refused.refusal).toEqual(ended('REVOKED_BY_USER'));
      expect(await refusalOf(user)).toBeUndefined();
    });

    it('ends the current one too', async () => {
      const user = await registerUser(server().url);
      const { data } = await as(user, REVOKE_SESSION, { id: user.sessionId });
      expect(data.revokeSession).toMatchObject({ current: true, endReason: 'REVOKED_BY_USER' });
      expect(await refusalOf(user)).toEqual(ended('REVOKED_BY_USER'));
    });

    it('is REVOKED_BY_ADMIN when an admin ends anyone’s, and the log says who did it', async () => {
      const user = await registerUser(server().url);
      const admin = await login(server().url);
      const { data } = await as(admin, WHOLE_REVOKE_SESSION, { id: user.sessionId });
      expect(data.revokeSession).toMatchObject({
        id: user.sessionId,
        current: false,
        endReason: 'REVOKED_BY_ADMIN',
        user: { id: user.userId, email: user.email },
      });
      expect(await refusalOf(user)).toEqual(ended('REVOKED_BY_ADMIN'));
      const [event] = await auditOf(database(), user.sessionId, 'SESSION_ENDED');
      const { id: adminId } = await userRow(database(), admin.userId);
      expect(event).toMatchObject({ actor_id: adminId, detail: 'REVOKED_BY_ADMIN' });
    });

    it('returns an ended one as it is: the first ending stays, and is in the log once', async () => {
      const user = await registerUser(server().url);
      const other = await login(server().url, user);
      const admin = await login(server().url);
      const first = await as(user, WHOLE_REVOKE_SESSION, { id: other.sessionId });
      const row = await sessionRow(database(), other.sessionId);
      const again = await as(user, WHOLE_REVOKE_SESSION, { id: other.sessionId });
      const byAdmin = await as(admin, WHOLE_REVOKE_SESSION, { id: other.sessionId });
      expect(again.data).toEqual(first.data);
      expect(byAdmin.data).toEqual(first.data);
      expect(await sessionRow(database(), other.sessionId)).toEqual(row);
      expect(await endings(other.sessionId)).toEqual(['REVOKED_BY_USER']);
    });

    it('computes the end of one that passed its deadline, and writes nothing', async () => {
      const user = await registerUser(server().url);
      const other = await login(server().url, user);
      await database().age(other.sessionId, 7 * DAY);
      const row = await sessionRow(database(), other.sessionId);
      const { data } = await as(user, WHOLE_REVOKE_SESSION, { id: other.sessionId });
      expect(data.revokeSession).toMatchObject({ endReason: 'IDLE_TIMEOUT' });
      expect(data.revokeSession.endedAt).toBe(data.revokeSession.idleExpiresAt);
      expect(await sessionRow(database(), other.sessionId)).toEqual(row);
      expect(await endings(other.sessionId)).toEqual([]);
    });

    it('takes an id in upper case, and finds nothing under one of another form', async () => {
      const user = await registerUser(server().url);
      const other = await login(server().url, user);
      for (const id of ['', 'x', other.sessionId.slice(1), `{${other.sessionId}}`, `${other.sessionId} `]) {
        expect((await as(user, REVOKE_SESSION, { id })).refusal).toEqual(NOT_FOUND);
      }
      const { data } = await as(user, REVOKE_SESSION, { id: other.sessionId.toUpperCase() });
      expect(data.revokeSession.id).toBe(other.sessionId);
    });

    it('ends a session once when ten ask at the same time', async () => {
      const user = await registerUser(server().url);
      const other = await login(server().url, user);
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => as(user, WHOLE_REVOKE_SESSION, { id: other.sessionId })),
      );
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      expect(await endings(other.sessionId)).toEqual(['REVOKED_BY_USER']);
    });
  });

  describe('revokeOtherSessions', () => {
    it('ends the others one by one, keeps this one, and leaves the token version', async () => {
      const user = await registerUser(server().url);
      const others = [await login(server().url, user), await login(server().url, user)];
      const before = await userRow(database(), user.userId);
      expect((await as(user, REVOKE_OTHERS)).data).toEqual({ revokeOtherSessions: { revokedCount: 2 } });
      for (const other of others) {
        expect(await refusalOf(other)).toEqual(ended('REVOKED_BY_USER'));
        expect(await endings(other.sessionId)).toEqual(['REVOKED_BY_USER']);
      }
      expect(await userRow(database(), user.userId)).toEqual(before);
      expect(await refusalOf(user)).toBeUndefined();
      expect((await refreshWith(server().url, user.refreshToken)).errors).toBeUndefined();
      expect((await as(user, REVOKE_OTHERS)).data).toEqual({ revokeOtherSessions: { revokedCount: 0 } });
    });

    it('counts only what lived: neither what had ended nor what passed its deadline', async () => {
      const user = await registerUser(server().url);
      const [out, idle, live] = [
        await login(server().url, user),
        await login(server().url, user),
        await login(server().url, user),
      ];
      await as(out, LOGOUT);
      await database().age(idle.sessionId, 7 * DAY);
      expect((await as(user, REVOKE_OTHERS)).data).toEqual({ revokeOtherSessions: { revokedCount: 1 } });
      expect(await endings(out.sessionId)).toEqual(['LOGOUT']);
      expect(await endings(idle.sessionId)).toEqual([]);
      expect(await endings(live.sessionId)).toEqual(['REVOKED_BY_USER']);
    });

    it('touches nobody else', async () => {
      const user = await registerUser(server().url);
      const stranger = await registerUser(server().url);
      const row = await sessionRow(database(), stranger.sessionId);
      await as(user, REVOKE_OTHERS);
      expect(await sessionRow(database(), stranger.sessionId)).toEqual(row);
      expect(await refusalOf(stranger)).toBeUndefined();
    });
  });

  describe('revokeAllForUser', () => {
    it('ends every session of the user and no other', async () => {
      const user = await registerUser(server().url);
      const other = await login(server().url, user);
      const stranger = await registerUser(server().url);
      const admin = await login(server().url);
      const { data } = await as(admin, REVOKE_ALL, { userId: user.userId });
      expect(data).toEqual({ revokeAllForUser: { revokedCount: 2 } });
      for (const tokens of [user, other]) {
        expect(await refusalOf(tokens)).toEqual(ended('REVOKED_BY_ADMIN'));
        const refused = await refreshWith(server().url, tokens.refreshToken);
        expect(refused.refusal).toEqual(ended('REVOKED_BY_ADMIN'));
        expect(await endings(tokens.sessionId)).toEqual(['REVOKED_BY_ADMIN']);
      }
      expect(await refusalOf(stranger)).toBeUndefined();
      expect(await refusalOf(admin)).toBeUndefined();
    });

    it('makes every access token issued before untrue, and lets the user log in anew at once', async () => {
      const user = await registerUser(server().url);
      const admin = await login(server().url);
      const { token_version: before } = await userRow(database(), user.userId);
      await as(admin, REVOKE_ALL, { userId: user.userId });
      expect((await userRow(database(), user.userId))['token_version']).toBe(Number(before) + 1);
      const anew = await login(server().url, user);
      expect(await refusalOf(anew)).toBeUndefined();
      const again = await as(admin, REVOKE_ALL, { userId: user.userId });
      expect(again.data.revokeAllForUser.revokedCount).toBe(1);
    });

    it('is STALE where the session lives: a token of an older version, until it is refreshed', async () => {
      const user = await registerUser(server().url);
      await changeRoles(database(), user.userId, 'USER');
      expect(await refusalOf(user)).toEqual({ code: 'UNAUTHENTICATED', reason: 'STALE' });
      const { data } = await refreshWith(server().url, user.refreshToken);
      const listed = await send(server().url, MY_SESSIONS, {}, bearer(data.refresh.accessToken));
      expect(listed.data.mySessions).toMatchObject([{ id: user.sessionId, current: true }]);
    });

    it('lets an admin sign themselves out everywhere', async () => {
      const admin = await login(server().url);
      const { data } = await as(admin, REVOKE_ALL, { userId: admin.userId });
      expect(data.revokeAllForUser.revokedCount).toBeGreaterThanOrEqual(1);
      expect(await refusalOf(admin)).toEqual(ended('REVOKED_BY_ADMIN'));
    });

    it('is FORBIDDEN for a user, of themselves too, and NOT_FOUND for an admin who names nobody', async () => {
      const user = await registerUser(server().url);
      const unknown = '01890a5d-ac96-774b-bcce-b302099a8057';
      for (const userId of [user.userId, unknown, 'x']) {
        expect((await as(user, REVOKE_ALL, { userId })).refusal).toEqual({ code: 'FORBIDDEN' });
      }
      expect(await refusalOf(user)).toBeUndefined();
      const admin = await login(server().url);
      for (const userId of [unknown, 'x', '', user.sessionId]) {
        expect((await as(admin, REVOKE_ALL, { userId })).refusal).toEqual(NOT_FOUND);
      }
    });
  });
});
