import { bearer, LOGOUT, ME, MY_SESSIONS, send } from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import {
  anAccessToken,
  aRefreshToken,
  aSession,
  aTime,
  aUser,
  WHOLE_LOGIN,
  WHOLE_ME,
  WHOLE_MY_SESSIONS,
  WHOLE_REFRESH,
  WHOLE_REGISTER,
  WHOLE_REVOKE_SESSION,
} from '../support/payloads.ts';
import { runServer } from '../support/running.ts';

const ACCOUNT = { email: 'native@example.com', password: 'a phone in every pocket' };
const PHONE = { 'user-agent': 'Phone/1.0' };
const BODY = { transport: 'BODY' };

onEachDatabase('a native client, whose refresh token travels in the body', (database) => {
  const server = runServer(database);
  const phone = (query: string, variables: object = {}, accessToken?: string) =>
    send(server().url, query, variables, { ...PHONE, ...(accessToken ? bearer(accessToken) : {}) });

  it('registers, looks at itself, refreshes, logs out, and is out', async () => {
    const input = { ...ACCOUNT, ...BODY, displayName: 'Nat', deviceName: 'phone' };
    const registered = await phone(WHOLE_REGISTER, { input });
    const user = aUser({ email: ACCOUNT.email, displayName: 'Nat' });
    const session = aSession({ userAgent: 'Phone/1.0', deviceName: 'phone', user });
    const payload = { tokenType: 'Bearer', expiresIn: 300, session, user };
    const secrets = { accessToken: anAccessToken(), refreshToken: aRefreshToken() };
    expect(registered.status).toBe(200);
    expect(registered.data).toEqual({ register: { ...payload, ...secrets } });
    expect(registered.setCookies).toEqual([]);

    const first = registered.data.register;
    expect(first.session.user).toEqual(first.user);
    expect((await phone(WHOLE_ME, {}, first.accessToken)).data).toEqual({ me: first.user });
    expect((await phone(WHOLE_MY_SESSIONS, {}, first.accessToken)).data).toEqual({
      mySessions: [first.session],
    });

    const refreshed = await phone(WHOLE_REFRESH, { input: { refreshToken: first.refreshToken } });
    expect(refreshed.data).toEqual({ refresh: { ...payload, ...secrets } });
    expect(refreshed.setCookies).toEqual([]);
    const second = refreshed.data.refresh;
    expect(second.session.id).toBe(first.session.id);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect(second.accessToken).not.toBe(first.accessToken);
    expect((await phone(ME, {}, second.accessToken)).errors).toBeUndefined();

    const out = await phone(LOGOUT, { input: { refreshToken: second.refreshToken } });
    expect(out.data).toEqual({ logout: { ended: true } });
    const ended = { code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED', endReason: 'LOGOUT', endedAt: aTime() };
    expect((await phone(ME, {}, second.accessToken)).refusal).toEqual(ended);
    expect((await phone(MY_SESSIONS, {}, first.accessToken)).refusal).toEqual(ended);
    const again = await phone(WHOLE_REFRESH, { input: { refreshToken: second.refreshToken } });
    expect(again.refusal).toEqual(ended);
  });

  it('logs in again, sees both devices, ends the other one and reads back how it ended', async () => {
    const tablet = (await phone(WHOLE_LOGIN, { input: { ...ACCOUNT, ...BODY, deviceName: 'tablet' } })).data
      .login;
    const here = (await phone(WHOLE_LOGIN, { input: { ...ACCOUNT, ...BODY } })).data.login;
    expect(here.session).toEqual(
      aSession({ userAgent: 'Phone/1.0', user: aUser({ email: ACCOUNT.email, displayName: 'Nat' }) }),
    );
    const { mySessions } = (await phone(WHOLE_MY_SESSIONS, {}, here.accessToken)).data;
    expect(mySessions).toEqual([here.session, { ...tablet.session, current: false }]);

    const revoked = await phone(WHOLE_REVOKE_SESSION, { id: tablet.session.id }, here.accessToken);
    expect(revoked.data.revokeSession).toEqual({
      ...tablet.session,
      current: false,
      endedAt: aTime(),
      endReason: 'REVOKED_BY_USER',
    });
    const refused = (await phone(ME, {}, tablet.accessToken)).refusal;
    expect(refused).toEqual({
      code: 'UNAUTHENTICATED',
      reason: 'SESSION_ENDED',
      endReason: 'REVOKED_BY_USER',
      endedAt: revoked.data.revokeSession.endedAt,
    });
    expect((await phone(WHOLE_MY_SESSIONS, {}, here.accessToken)).data.mySessions).toEqual([here.session]);
  });
});
