import { registerUser } from '../support/client.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { graphqlWsClient, MY_EVENTS, RawSocket } from '../support/sockets.ts';

const TYPENAME = '{ __typename }';

onSqlite('the protocol', (database) => {
  const server = runServer(database);
  const url = () => server().url;

  it('is served to the client of graphql-ws: a query, a mutation that is refused, a subscription', async () => {
    const user = await registerUser(url());
    const client = graphqlWsClient(url(), () => user.accessToken);
    const results = client.iterate({ query: '{ me { email } }' });
    expect((await results.next()).value).toEqual({ data: { me: { email: user.email } } });
    const events = client.iterate({ query: MY_EVENTS });
    void events.next();
    await events.return?.();
    await client.dispose();
  });

  it.each([
    ['a message that is no JSON', 'rubbish', 4400],
    ['a message of no known type', { type: 'hello' }, 4400],
    ['a message that only a server may send', { id: '1', type: 'next', payload: {} }, 4400],
    [
      'an operation before the acknowledgement',
      { id: '1', type: 'subscribe', payload: { query: TYPENAME } },
      4401,
    ],
    ['JSON that nests deep', `{"type":"ping","payload":${'['.repeat(40)}${']'.repeat(40)}}`, 4400],
    ['a message of more than 1 MiB', { type: 'ping', payload: { text: 'x'.repeat(1024 * 1024) } }, 1009],
  ])('F5 closes for %s', async (_what, message, code) => {
    const socket = await RawSocket.open(url());
    socket.say(message);
    expect((await socket.end()).code).toBe(code);
    expect(socket.messages).toEqual([]);
  });
});
