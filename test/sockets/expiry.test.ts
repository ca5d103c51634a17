import { login, refreshWith, registerUser, tokensOf } from '../support/client.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { graphqlWsClient, MY_EVENTS, RawSocket } from '../support/sockets.ts';
import { until } from '../support/until.ts';

onSqlite('the end of an access token', (database) => {
  const server = runServer(database, { ACCESS_TOKEN_TTL: '3s' });
  const url = () => server().url;

  it('closes its socket with EXPIRED, and the session goes on', async () => {
    const user = await registerUser(url());
    const socket = await RawSocket.subscribed(url(), user.accessToken);
    expect(await socket.end()).toEqual({ code: 4403, reason: 'EXPIRED' });
    expect((await RawSocket.connect(url(), user.accessToken)).closed).toEqual({
      code: 4403,
      reason: 'EXPIRED',
    });
    const refreshed = tokensOf(await refreshWith(url(), user.refreshToken), 'refresh');
    expect((await RawSocket.connect(url(), refreshed.accessToken)).messages[0]?.type).toBe('connection_ack');
  });

  it('is nothing that a subscription of graphql-ws does not live through', async () => {
    const user = await registerUser(url());
    let { refreshToken } = user;
    const refreshed = async () => {
      const tokens = tokensOf(await refreshWith(url(), refreshToken), 'refresh');
      ({ refreshToken } = tokens);
      return tokens.accessToken;
    };
    const closings: string[] = [];
    const client = graphqlWsClient(url(), refreshed);
    client.on('closed', (event) => closings.push((event as { reason: string }).reason));
    const heard: string[] = [];
    const end = client.subscribe<{ mySessionEvents: { session: { deviceName: string } } }>(
      { query: MY_EVENTS },
      {
        next: ({ data }) => heard.push(`${data?.mySessionEvents.session.deviceName}`),
        error: (error) => heard.push(`failed: ${error}`),
        complete: () => heard.push('completed'),
      },
    );
    await until(async () => closings.length >= 2);
    const device = () => login(url(), user, { deviceName: 'Later' });
    await until(async () => (await device()) !== undefined && heard.includes('Later'));
    expect(new Set(closings)).toEqual(new Set(['EXPIRED']));
    expect(heard.filter((text) => /failed|completed/.test(text))).toEqual([]);
    end();
    await client.dispose();
  });
});
