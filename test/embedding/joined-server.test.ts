import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sendRaw } from '../http/client.ts';
import { bearer, LOGIN, LOGOUT, login, ME, registerUser, send } from '../support/client.ts';
import { onSqlite } from '../support/running.ts';
import { ADMIN } from '../support/server.ts';
import { until } from '../support/until.ts';
import { type Embedded, startEmbedded } from './embedded.ts';

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}

/** Answers with the word and the path. */
function answering(word: string) {
  return (request: IncomingMessage, response: ServerResponse) => void response.end(`${word} ${request.url}`);
}

const textOf = async (url: string, init?: RequestInit) => (await fetch(url, init)).text();

onSqlite('on a server of the program', (database) => {
  let server: Server;
  let url: string;
  let portcullis: Embedded;
  beforeAll(async () => {
    server = createServer(answering('program'));
    url = await listen(server);
    portcullis = await startEmbedded(database(), { server, settings: { ISSUER: '' } });
  });
  afterAll(async () => {
    await portcullis.stop();
    await close(server);
  });

  it('is where the server is, and its issuer says so', () => {
    expect([portcullis.url, portcullis.issuer]).toEqual([url, url.replace('127.0.0.1', 'localhost')]);
  });

  it('answers at its own paths, and the program at every other one', async () => {
    const user = await registerUser(url);
    expect((await send(url, ME, {}, bearer(user.accessToken))).data.me).toMatchObject({ id: user.userId });
    expect(await textOf(`${url}/.well-known/jwks.json`)).toContain('"keys"');
    expect(await textOf(`${url}/livez`)).toBe('{"status":"ok"}');
    for (const path of ['/', '/metrics', '/graphql/more', '/assets/a.js', '/graphqlx?query={me{id}}'])
      expect(await textOf(url + path)).toBe(`program ${path}`);
  });

  it('sets its cookie for the pages of the program', async () => {
    const { email, password } = await registerUser(url);
    const answer = await send(url, LOGIN, { input: { email, password } }, { origin: url });
    expect(answer.setCookies).toEqual([expect.stringMatching(/^refresh_token=pr1_.*; HttpOnly/)]);
  });

  it('answers alone, before listeners that came later too', async () => {
    const later = jest.fn(answering('later'));
    server.prependListener('request', later);
    expect((await send(url, '{ __typename }')).data).toEqual({ __typename: 'Query' });
    expect(later).not.toHaveBeenCalled();
    server.off('request', later);
  });

  it('answers requests that wait to be continued, where the program listens to those', async () => {
    const waiting = jest.fn(answering('waiting'));
    server.on('checkContinue', waiting);
    const body = '{"query":"{ __typename }"}';
    const head = `Host: a\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close`;
    expect(
      await sendRaw(Number(new URL(url).port), `POST /graphql HTTP/1.1\r\n${head}\r\n\r\n${body}`),
    ).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK.*"__typename":"Query"/s);
    expect(waiting).not.toHaveBeenCalled();
    server.off('checkContinue', waiting);
  });

  it('tells the program who calls at its own paths, and whose session has ended', async () => {
    const user = await registerUser(url);
    const { authorization } = bearer(user.accessToken);
    expect(await portcullis.gate.authenticate(authorization)).toEqual({
      user: { id: user.userId },
      session: { id: user.sessionId, authenticatedAt: expect.any(Date) },
      roles: ['USER'],
      claims: {},
    });
    await send(url, LOGOUT, { input: { refreshToken: user.refreshToken } });
    await expect(portcullis.gate.authenticate(authorization)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      details: { reason: 'SESSION_ENDED', endReason: 'LOGOUT' },
    });
    await expect(portcullis.gate.authenticate(undefined)).rejects.toMatchObject({
      details: { reason: 'MISSING' },
    });
  });

  it('B11 finds a second Authorization behind more headers than Node passes on', async () => {
    const { accessToken } = await login(url, ADMIN);
    const { port } = new URL(url);
    const body = '{"query":"{ me { id } }"}';
    const ask = (fillers: number, ...second: string[]) => {
      const lines = [
        'Host: a',
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
        'Connection: close',
        `Authorization: Bearer ${accessToken}`,
        ...Array(fillers).fill('a:'),
        ...second,
      ];
      return sendRaw(Number(port), `POST /graphql HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
    };
    expect(await ask(100)).toMatch(/^HTTP\/1\.1 200 /);
    const another = 'Authorization: Bearer x';
    expect(await ask(100, another)).toMatch(/^HTTP\/1\.1 400 /);
    expect(await ask(2100, another)).toMatch(/^HTTP\/1\.1 431 .*"code":"BAD_REQUEST"/s);
  });
});

onSqlite('the end of a Portcullis on a server of the program', (database) => {
  const servers: Server[] = [];
  const create = () => {
    const server = createServer(answering('program'));
    servers.push(server);
    return server;
  };
  afterEach(async () => {
    await Promise.all(servers.splice(0).map(close));
  });

  it('gives its paths back, answers what is under way, and leaves the server open', async () => {
    const server = create();
    const url = await listen(server);
    let release: (() => void) | undefined;
    const held = new Promise<undefined>((resolve) => {
      release = () => resolve(undefined);
    });
    let isHeld = false;
    const beforeLogin = () => {
      isHeld = true;
      return held;
    };
    const portcullis = await startEmbedded(database(), { server, hooks: { beforeLogin } });
    const underWay = login(url, ADMIN);
    await until(async () => isHeld);
    const stopped = portcullis.stop();
    expect((await send(url, ME)).refusal).toEqual({ code: 'UNAVAILABLE', retryAfter: 1 });
    expect(await textOf(`${url}/page`)).toBe('program /page');
    release?.();
    expect(await underWay).toMatchObject({ accessToken: expect.any(String) });
    await stopped;
    expect(await textOf(`${url}/graphql`)).toBe('program /graphql');
    expect(server.listening).toBe(true);
    await portcullis.stop();
  });

  it('comes with the end of the server', async () => {
    const server = create();
    await listen(server);
    const portcullis = await startEmbedded(database(), { server });
    await close(server);
    await portcullis.stop();
    await expect(portcullis.gate.authenticate('Bearer x')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(server.listenerCount('close')).toBe(0);
  });

  it('makes room for another one, of which there cannot be two at once', async () => {
    const server = create();
    const url = await listen(server);
    const first = await startEmbedded(database(), { server });
    await expect(startEmbedded(database(), { server })).rejects.toThrow(
      'Portcullis has joined this server already.',
    );
    expect((await send(url, '{ __typename }')).data).toEqual({ __typename: 'Query' });
    await first.stop();
    const second = await startEmbedded(database(), { server });
    expect((await send(url, '{ __typename }')).data).toEqual({ __typename: 'Query' });
    await second.stop();
  });

  it('has a console at / where the program wants it', async () => {
    const server = create();
    const url = await listen(server);
    const portcullis = await startEmbedded(database(), { server, console: true });
    expect(await textOf(url)).toContain('<title>Portcullis</title>');
    await portcullis.stop();
    expect(await textOf(url)).toBe('program /');
  });
});
