import { LOGIN, REFRESH, registerUser } from '../support/client.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { RawSocket } from '../support/sockets.ts';
import { until } from '../support/until.ts';

onSqlite('H2 the log of sockets', (database) => {
  const server = runServer(database);

  it('has a line for the opening and one for the end of each, and no secret that came on it', async () => {
    const user = await registerUser(server().url);
    const socket = await RawSocket.connect(server().url, user.accessToken);
    const password = 'a password that nobody may read';
    await socket.answer('1', LOGIN, { input: { email: user.email, password, transport: 'BODY' } });
    await socket.answer('2', REFRESH, { input: { refreshToken: user.refreshToken } });
    // What a client says in its closing may be anything.
    socket.ws.close(4999, user.accessToken.slice(0, 120));
    await socket.end();
    const lines = () =>
      server()
        .log()
        .filter(({ msg }) => /^socket (opened|closed)$/.test(`${msg}`));
    await until(async () => lines().length === 2);
    const [opened, closed] = lines();
    expect(opened).toMatchObject({ msg: 'socket opened', requestId: closed?.['requestId'] });
    expect(closed).toMatchObject({ code: 4999, durationMs: expect.any(Number) });
    for (const secret of [user.accessToken.slice(0, 100), user.refreshToken, password])
      expect(server().logText()).not.toContain(secret);
  });
});
