import { registerUser } from '../support/client.ts';
import { INTROSPECTION } from '../support/documents.ts';
import { scrape } from '../support/metrics.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { RawSocket } from '../support/sockets.ts';
import { until } from '../support/until.ts';

jest.setTimeout(120_000);

onSqlite('whoever does not read', (database) => {
  const server = runServer(database);
  const cutOff = async () =>
    (await scrape(server())).get('portcullis_socket_closings_total{code="1006"}') ?? 0;

  it('I11, F5 is cut off with answers outstanding, and those who read are not', async () => {
    const user = await registerUser(server().url);
    const slow = await RawSocket.connect(server().url, user.accessToken);
    const honest = await RawSocket.connect(server().url, user.accessToken);
    slow.ws.pause();
    // Some 60 KB each; what the two kernels hold is read by nobody either.
    for (let id = 0; (await cutOff()) === 0; id += 1) {
      for (let each = 0; each < 10; each += 1) slow.ask(`${id}-${each}`, INTROSPECTION);
      await honest.answer(`${id}`, '{ me { id } }');
    }
    expect((await honest.answer('big', INTROSPECTION))?.type).toBe('next');
    for (const socket of [slow, honest]) socket.drop();
  });

  it.each([
    ['pings of WebSocket', (socket: RawSocket) => socket.ws.ping(Buffer.alloc(125))],
    [
      'pings of graphql-ws',
      (socket: RawSocket) => socket.say({ type: 'ping', payload: { text: 'x'.repeat(10_000) } }),
    ],
  ])('F5 is cut off by %s alone', async (_what, ping) => {
    const before = await cutOff();
    const user = await registerUser(server().url);
    const slow = await RawSocket.connect(server().url, user.accessToken);
    slow.ws.pause();
    await until(async () => {
      for (let each = 0; each < 2_000 && !slow.isClosed; each += 1) ping(slow);
      return (await cutOff()) > before;
    });
    slow.drop();
  });
});
