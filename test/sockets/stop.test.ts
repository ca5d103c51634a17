import { randomUUID } from 'node:crypto';
import { LOGIN, login, registerUser } from '../support/client.ts';
import { onMysql } from '../support/databases.ts';
import { onSqlite } from '../support/running.ts';
import { startTestServer } from '../support/server.ts';
import { graphqlWsClient, MY_EVENTS, RawSocket } from '../support/sockets.ts';
import { until } from '../support/until.ts';

onSqlite('a server that stops', (database) => {
  it('I12 closes sockets with 1012, those without a caller too, once what is under way is answered', async () => {
    const server = await startTestServer(database());
    const user = await registerUser(server.url);
    const subscribed = await RawSocket.subscribed(server.url, user.accessToken);
    const anonymous = await RawSocket.open(server.url);
    const busy = await RawSocket.subscribed(server.url, user.accessToken);
    const input = { email: user.email, password: user.password, transport: 'BODY', deviceName: randomUUID() };
    busy.ask('login', LOGIN, { input });
    await busy.answer('behind it', '{ __typename }');
    const stopped = server.stop();
    for (const socket of [subscribed, anonymous, busy])
      expect(await socket.end()).toEqual({ code: 1012, reason: 'Service restart' });
    expect(busy.of('login').map(({ type }) => type)).toEqual(['next', 'complete']);
    await stopped;
  });

  it('I12 does not wait for one that does not close its side', async () => {
    const server = await startTestServer(database());
    const user = await registerUser(server.url);
    const silent = await RawSocket.subscribed(server.url, user.accessToken);
    silent.ws.pause();
    await server.stop();
    silent.drop();
  });

  it('I12 begins nothing that comes after it was told to', async () => {
    const server = await startTestServer(database());
    const user = await registerUser(server.url);
    const socket = await RawSocket.connect(server.url, user.accessToken);
    const stopped = server.stop();
    socket.ask('late', '{ me { id } }');
    expect((await socket.end()).code).toBe(1012);
    expect(socket.of('late')).toEqual([]);
    await stopped;
    await expect(RawSocket.open(server.url)).rejects.toThrow();
  });
});

onMysql('I12 an instance that stops', (database) => {
  it('sends its clients to another one, where their subscriptions go on', async () => {
    const [first, second] = [await startTestServer(database()), await startTestServer(database())];
    const user = await registerUser(first.url);
    const urls = [first.url];
    const client = graphqlWsClient(
      () => urls.at(-1) ?? '',
      () => user.accessToken,
    );
    let connections = 0;
    client.on('connected', () => {
      connections += 1;
    });
    const events = client.iterate<{ mySessionEvents: { kind: string } }>({ query: MY_EVENTS });
    const next = events.next();
    await until(async () => connections === 1);
    urls.push(second.url);
    await first.stop();
    await until(async () => connections === 2);
    let told = false;
    void next.then(() => {
      told = true;
    });
    await until(async () => (await login(second.url, user)) !== undefined && told);
    expect((await next).value).toMatchObject({ data: { mySessionEvents: { kind: 'BEGAN' } } });
    await client.dispose();
    await second.stop();
  });
});
