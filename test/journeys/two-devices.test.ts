import { bearer, login, ME, MY_SESSIONS, REVOKE_SESSION, refreshWith, send } from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

onEachDatabase('two devices of one user', (database) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer(database());
  });
  afterAll(() => server.stop());

  it('shows both, ends one, and refuses both of its tokens on the very next request', async () => {
    const laptop = await login(server.url, undefined, { deviceName: 'laptop' });
    const phone = await login(server.url, undefined, { deviceName: 'phone' });

    const listed = await send(server.url, MY_SESSIONS, {}, bearer(laptop.accessToken));
    expect(listed.data.mySessions).toMatchObject([
      { id: phone.sessionId, deviceName: 'phone', current: false },
      { id: laptop.sessionId, deviceName: 'laptop', current: true },
    ]);

    const revoked = await send(
      server.url,
      REVOKE_SESSION,
      { id: phone.sessionId },
      bearer(laptop.accessToken),
    );
    expect(revoked.data.revokeSession).toMatchObject({ id: phone.sessionId, endReason: 'REVOKED_BY_USER' });

    const ended = { code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED', endReason: 'REVOKED_BY_USER' };
    expect((await send(server.url, ME, {}, bearer(phone.accessToken))).refusal).toMatchObject(ended);
    expect((await refreshWith(server.url, phone.refreshToken)).refusal).toMatchObject(ended);
    expect((await send(server.url, ME, {}, bearer(laptop.accessToken))).errors).toBeUndefined();
    expect((await refreshWith(server.url, laptop.refreshToken)).errors).toBeUndefined();
  });
});
