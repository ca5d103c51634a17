import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { WebSocket, WebSocketServer } from 'ws';
import type { AuthContext } from '../../src/directive/auth-context.ts';
import { authTypeDefs } from '../../src/directive/auth-type-defs.ts';
import { LOGOUT, login, registerUser, send } from '../support/client.ts';
import { onSqlite } from '../support/running.ts';
import { RawSocket } from '../support/sockets.ts';
import { until } from '../support/until.ts';
import { type Embedded, startEmbedded } from './embedded.ts';

const TYPES = `
  type Query { nothing: Int @public }
  type Subscription { greetings: String! @auth  orders: Int! @auth(requires: ADMIN) }
`;

const schema = makeExecutableSchema({
  typeDefs: [authTypeDefs(), TYPES],
  resolvers: {
    Subscription: {
      greetings: {
        async *subscribe(_source: unknown, _args: object, { auth }: AuthContext) {
          yield { greetings: auth.user.id };
        },
      },
    },
  },
});

onSqlite('sockets on a server of the program', (database) => {
  let server: Server;
  let url: string;
  let portcullis: Embedded;

  beforeEach(async () => {
    server = createServer((request, response) => void response.end(`program ${request.url}`));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    portcullis = await startEmbedded(database(), { server, schema, settings: { ISSUER: '' } });
  });
  afterEach(async () => {
    await portcullis.stop();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  it('tell of the sessions of their user, and end with their own', async () => {
    const user = await registerUser(url);
    const socket = await RawSocket.subscribed(url, user.accessToken);
    await login(url, user);
    await until(async () => socket.messages.some(({ type }) => type === 'next'));
    await send(url, LOGOUT, { input: { refreshToken: user.refreshToken } });
    await until(async () => socket.closed !== undefined);
    expect(socket.closed).toEqual({ code: 4403, reason: 'SESSION_ENDED: LOGOUT' });
  });

  it('carry the subscriptions of the program, guarded, with who calls', async () => {
    const user = await registerUser(url);
    const socket = await RawSocket.connect(url, user.accessToken);
    socket.say({ type: 'subscribe', id: 'a', payload: { query: 'subscription { greetings }' } });
    socket.say({ type: 'subscribe', id: 'b', payload: { query: 'subscription { orders }' } });
    await until(async () => socket.messages.filter(({ type }) => type !== 'connection_ack').length >= 3);
    expect(socket.messages).toContainEqual({
      id: 'a',
      type: 'next',
      payload: { data: { greetings: user.userId } },
    });
    expect(socket.messages).toContainEqual(
      expect.objectContaining({
        id: 'b',
        type: 'error',
        payload: [expect.objectContaining({ extensions: { code: 'FORBIDDEN' } })],
      }),
    );
  });

  it('are refused as on a server of our own', async () => {
    const ws = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      headers: { origin: 'https://evil.example' },
    });
    const [, response] = await once(ws, 'unexpected-response');
    expect(response.statusCode).toBe(403);
    expect(response.headers['x-content-type-options']).toBe('nosniff');
    ws.on('error', () => undefined).terminate();
  });

  it('leave those of the program alone', async () => {
    // As the program would: one that refuses every path but its own.
    const chat = new WebSocketServer({ server, path: '/chat' });
    chat.on('connection', (ws) => ws.send('welcome'));
    const ws = new WebSocket(`${url.replace('http', 'ws')}/chat`);
    const [welcome] = await once(ws, 'message');
    expect(String(welcome)).toBe('welcome');
    const user = await registerUser(url);
    const socket = await RawSocket.subscribed(url, user.accessToken);
    expect(socket.closed).toBeUndefined();
    ws.terminate();
    socket.ws.terminate();
    chat.close();
  });

  it('change nothing for a program that has none', async () => {
    const ws = new WebSocket(`${url.replace('http', 'ws')}/page`);
    const [, response] = await once(ws, 'unexpected-response');
    expect(response.statusCode).toBe(200);
    ws.on('error', () => undefined).terminate();
  });

  it('are closed so that clients come back when Portcullis stops, and the program goes on', async () => {
    const user = await registerUser(url);
    const socket = await RawSocket.subscribed(url, user.accessToken);
    await portcullis.stop();
    await until(async () => socket.closed !== undefined);
    expect(socket.closed).toMatchObject({ code: 1012 });
    expect(await (await fetch(`${url}/page`)).text()).toBe('program /page');
    expect(server.listenerCount('upgrade')).toBe(0);
  });
});
