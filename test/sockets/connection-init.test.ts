import { CHANGE_PASSWORD } from '../support/administration.ts';
import { bearer, LOGOUT, login, refreshWith, registerUser, send, tokensOf } from '../support/client.ts';
import { changeRoles } from '../support/rows.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { RawSocket } from '../support/sockets.ts';

onSqlite('connection_init', (database) => {
  const server = runServer(database);
  const url = () => server().url;

  async function closingAt(payload: unknown) {
    const socket = await RawSocket.open(url());
    socket.say({ type: 'connection_init', payload });
    await socket.settled('connection_ack');
    expect(socket.messages).toEqual([]);
    return socket.end();
  }

  it('is acknowledged for a token that the guard accepts, and asked for once', async () => {
    const user = await registerUser(url());
    const socket = await RawSocket.connect(url(), user.accessToken);
    expect(socket.messages).toEqual([{ type: 'connection_ack' }]);
    expect(await socket.answer('1', '{ me { id } }')).toMatchObject({
      type: 'next',
      payload: { data: { me: { id: user.userId } } },
    });
    socket.init(user.accessToken);
    expect((await socket.end()).code).toBe(4429);
  });

  it.each([
    ['no payload', undefined],
    ['no token', {}],
    ['a list', { authorization: ['Bearer x'] }],
    ['an object', { authorization: { toString: 'x' } }],
    ['another scheme', { authorization: 'Basic dXNlcjpwYXNz' }],
    ['another name', { token: 'x', Authorization: 'Bearer x' }],
  ])('B11 is refused as MISSING with %s', async (_what, payload) => {
    expect(await closingAt(payload)).toEqual({ code: 4403, reason: 'MISSING' });
  });

  it('B5 is refused as INVALID with what is no access token', async () => {
    const { refreshToken } = await registerUser(url());
    for (const token of ['rubbish', refreshToken, ''])
      expect(await closingAt({ authorization: `Bearer ${token}` })).toEqual({
        code: 4403,
        reason: 'INVALID',
      });
  });

  it('E1 is refused for a session that has ended, with the reason', async () => {
    const user = await registerUser(url());
    await send(url(), LOGOUT, { input: { refreshToken: user.refreshToken } });
    expect(await closingAt(bearer(user.accessToken))).toEqual({
      code: 4403,
      reason: 'SESSION_ENDED: LOGOUT',
    });
  });

  it('C10 is refused for a session whose deadline has passed', async () => {
    const user = await registerUser(url());
    await database().age(user.sessionId, 31 * 24 * 3_600_000);
    const closing = await closingAt(bearer(user.accessToken));
    expect(closing).toEqual({ code: 4403, reason: expect.stringMatching(/^SESSION_ENDED: (IDLE|LIFETIME)/) });
  });

  it('E4 is refused as STALE after a change of roles, and accepted with the refreshed token', async () => {
    const user = await registerUser(url());
    await changeRoles(database(), user.userId, 'USER,ADMIN');
    expect(await closingAt(bearer(user.accessToken))).toEqual({ code: 4403, reason: 'STALE' });
    const refreshed = tokensOf(await refreshWith(url(), user.refreshToken), 'refresh');
    const socket = await RawSocket.connect(url(), refreshed.accessToken);
    expect(socket.isClosed).toBe(false);
    socket.drop();
  });

  it('E1 is refused on the device that a change of the password signed out', async () => {
    const user = await registerUser(url());
    const other = await login(url(), user);
    const input = { currentPassword: user.password, newPassword: 'vexing plumb quartz' };
    await send(url(), CHANGE_PASSWORD, { input }, bearer(user.accessToken));
    expect(await closingAt(bearer(other.accessToken))).toEqual({
      code: 4403,
      reason: 'SESSION_ENDED: PASSWORD_CHANGED',
    });
  });

  it('is waited for three seconds', async () => {
    const socket = await RawSocket.open(url());
    expect((await socket.end()).code).toBe(4408);
  });

  it('finds no more sockets of one session, or of one user, than there may be', async () => {
    const user = await registerUser(url());
    const open = await Promise.all(
      Array.from({ length: 30 }, () => RawSocket.connect(url(), user.accessToken)),
    );
    expect(open.filter(({ isClosed }) => isClosed)).toEqual([]);
    const excess = await RawSocket.connect(url(), user.accessToken);
    expect(await excess.end()).toEqual({ code: 1013, reason: 'TOO_MANY_SOCKETS' });
    const stranger = await RawSocket.connect(url(), (await registerUser(url())).accessToken);
    expect(stranger.isClosed).toBe(false);
    // One that leaves makes room.
    open.pop()?.drop();
    const sessions = await Promise.all([1, 2, 3].map(() => login(url(), user)));
    for (const { accessToken } of sessions)
      open.push(
        ...(await Promise.all(Array.from({ length: 25 }, () => RawSocket.connect(url(), accessToken)))),
      );
    const refused = open.filter(({ isClosed }) => isClosed);
    expect(refused).toHaveLength(open.length - 100);
    expect(refused[0]?.closed).toEqual({ code: 1013, reason: 'TOO_MANY_SOCKETS' });
    for (const socket of [...open, stranger]) socket.drop();
  });
});
