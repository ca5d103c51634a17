import { bearer, login, REVOKE_SESSION, refreshWith, registerUser, send } from '../support/client.ts';
import { onEachDatabase } from '../support/databases.ts';
import { instance, runInstances } from '../support/instances.ts';
import { RawSocket } from '../support/sockets.ts';
import { until } from '../support/until.ts';

onEachDatabase('mySessionEvents', (database) => {
  const urls = runInstances(database);
  const at = (turn: number) => instance(urls(), turn);

  it('tells a device that another one began, was refreshed and ended, and why', async () => {
    const user = await registerUser(at(0));
    const socket = await RawSocket.subscribed(at(0), user.accessToken);
    const other = await login(at(0), user, { deviceName: 'Phone' });
    await until(async () => socket.events.length === 1);
    await refreshWith(at(0), other.refreshToken);
    await until(async () => socket.events.length === 2);
    await send(at(1), REVOKE_SESSION, { id: other.sessionId }, bearer(user.accessToken));
    await until(async () => socket.events.length === 3);
    const events = socket.events.map(({ data }) => data.mySessionEvents);
    expect(events.map(({ kind, actor }) => [kind, actor])).toEqual([
      ['BEGAN', null],
      ['REFRESHED', null],
      ['ENDED', 'SELF'],
    ]);
    expect(events[2].session).toMatchObject({
      id: other.sessionId,
      current: false,
      endReason: 'REVOKED_BY_USER',
      deviceName: 'Phone',
      user: { id: user.userId, email: user.email },
    });
    socket.drop();
  });

  it('closes the sockets of the session itself on every instance, and says why', async () => {
    const user = await registerUser(at(0));
    const sockets = await Promise.all(
      [0, 1, 2].map((turn) => RawSocket.subscribed(at(turn), user.accessToken)),
    );
    await send(at(1), REVOKE_SESSION, { id: user.sessionId }, bearer(user.accessToken));
    for (const socket of sockets) {
      expect(await socket.end()).toEqual({ code: 4403, reason: 'SESSION_ENDED: REVOKED_BY_USER' });
      expect(socket.events).toEqual([]);
    }
  });
});
