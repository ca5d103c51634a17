import { bearer, login, ME, REVOKE_OTHERS, send } from '../../support/client.ts';
import { freePort } from '../../support/free-port.ts';
import { onSqlite, runServer } from '../../support/running.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';
import { until } from '../../support/until.ts';
import { makeStale, signedInTab } from '../accounts.ts';
import { Browser } from '../browser.ts';
import { closingsOf, listen, untilServed } from './heard.ts';

onSqlite('a socket that comes back', (database) => {
  const server = runServer(database);
  let browser: Browser;
  afterEach(() => browser.close());

  async function signedIn(url: string) {
    browser = new Browser(`${url}/graphql`);
    return { url, ...(await signedInTab(url, browser)) };
  }

  type Person = Awaited<ReturnType<typeof signedIn>>;
  type Options = Parameters<Browser['openSocket']>[1];

  async function subscribe({ url, tab, account, userId }: Person, options: Options = {}) {
    const socket = browser.openSocket(tab, options);
    const [closings, heard] = [closingsOf(socket), listen(socket)];
    const gaps: boolean[] = [];
    socket.on('connected', (_socket, _payload, hadGap) => gaps.push(hadGap));
    await untilServed(socket);
    /** Something happens, and is brought. */
    const hears = async () => {
      const { sessionId } = await login(url, account);
      await until(async () => heard.of(sessionId, 'BEGAN').length === 1);
    };
    await hears();
    return { tab, account, userId, socket, closings, gaps, heard, hears };
  }

  const subscribed = async (url: string) => subscribe(await signedIn(url));

  it('after the network broke, and tells that something may have been missed', async () => {
    const { socket, closings, gaps, heard, hears } = await subscribed(server().url);
    browser.cutSockets();
    await until(async () => gaps.length === 2);
    await untilServed(socket);
    await hears();
    expect(gaps).toEqual([false, true]);
    expect(closings).toEqual(['1006']);
    expect(heard.endings).toEqual([]);
  });

  it('after the network fell silent, of which no browser tells', async () => {
    const cable = new TcpProxy({ host: '127.0.0.1', port: Number(new URL(server().url).port) });
    const port = await cable.open();
    const person = await signedIn(server().url);
    // Of what takes half a minute, a second is enough.
    const { setTimeout } = globalThis;
    const timers = jest.spyOn(globalThis, 'setTimeout');
    timers.mockImplementation((task, wait = 0) => setTimeout(task, wait < 10_000 ? wait : wait / 20));
    const { gaps, hears, heard } = await subscribe(person, { url: `ws://127.0.0.1:${port}/graphql` });
    cable.hold();
    await until(async () => browser.sockets.length > 1);
    timers.mockRestore();
    cable.release();
    await until(async () => gaps.length > 1);
    await hears();
    expect(gaps.slice(0, 2)).toEqual([false, true]);
    expect(heard.endings).toEqual([]);
    browser.close();
    await cable.cut();
  });

  it('after the server was restarted, and signs nobody out meanwhile', async () => {
    const PORT = String(await freePort());
    let restarted: TestServer = await startTestServer(database(), { PORT });
    const { tab, socket, closings, gaps, heard, hears } = await subscribed(restarted.url);
    await restarted.stop();
    await until(async () => closings.length > 1);
    expect(tab.client.state.signedIn).toBe(true);
    restarted = await startTestServer(database(), { PORT });
    try {
      await until(async () => gaps.length === 2);
      await untilServed(socket);
      await hears();
      expect(closings[0]).toBe('1012 Service restart');
      expect(heard.endings).toEqual([]);
    } finally {
      socket.dispose();
      await restarted.stop();
    }
  });

  it('at once when the browser says that it is online', async () => {
    const { tab, closings, gaps, socket, hears } = await subscribed(server().url);
    // No pause of half a second or more comes to its end.
    const { setTimeout } = globalThis;
    const timers = jest.spyOn(globalThis, 'setTimeout');
    timers.mockImplementation((task, wait = 0) => setTimeout(wait < 500 ? task : () => undefined, wait));
    browser.cutSockets();
    await until(async () => closings.length === 1);
    timers.mockRestore();
    tab.window.dispatchEvent(new Event('online'));
    await until(async () => gaps.length === 2);
    await untilServed(socket);
    await hears();
  });

  it('with a new token after one that became STALE, by one refresh', async () => {
    const { tab, userId, socket, closings, gaps, heard, hears } = await subscribed(server().url);
    browser.sent.length = 0;
    await makeStale(server().url, userId);
    await until(async () => gaps.length === 2);
    await untilServed(socket);
    await hears();
    expect(closings).toEqual(['4403 STALE']);
    expect(browser.asked(/^mutation refresh/).length).toBeLessThanOrEqual(2);
    expect(tab.client.state.signedIn).toBe(true);
    expect(heard.endings).toEqual([]);
  });

  it('not for somebody who is not signed in: that is what the subscription is answered', async () => {
    browser = new Browser(`${server().url}/graphql`);
    const heard = listen(browser.openSocket(browser.open()));
    await until(async () => heard.endings.length === 1);
    expect(heard.endings).toMatchObject([{ code: 'UNAUTHENTICATED', reason: 'MISSING' }]);
    expect(browser.sockets).toEqual([]);
  });

  it('not for an operation that the server refuses', async () => {
    const { socket } = await subscribed(server().url);
    const heard = listen(socket, 'subscription { noSuchField }');
    await until(async () => heard.endings.length === 1);
    expect(heard.endings).toMatchObject([[{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]]);
    expect(browser.sockets.length).toBe(1);
  });

  it('opens with the first operation and closes after the last', async () => {
    const { heard, closings } = await subscribed(server().url);
    heard.unsubscribe();
    await until(async () => closings.length === 1);
    expect(closings).toEqual(['1000 Normal Closure']);
    expect(heard.endings).toEqual(['complete']);
  });

  it('sends no mutation again that may have been carried out, but a query', async () => {
    const { account, socket, gaps } = await subscribed(server().url);
    const endings = { query: [] as unknown[], mutation: [] as unknown[] };
    const ask = (kind: keyof typeof endings, query: string) =>
      socket.subscribe(
        { query },
        {
          next: ({ data }) => endings[kind].push(data),
          error: (error) => endings[kind].push(error),
          complete: () => undefined,
        },
      );
    ask('query', '{ me { email } }');
    ask('mutation', REVOKE_OTHERS);
    await new Promise(setImmediate);
    browser.cutSockets();
    const elsewhere = await login(server().url, account);
    await until(async () => gaps.length === 2);
    await untilServed(socket);
    expect(endings.query).toEqual([{ me: { email: account.email } }]);
    expect(endings.mutation).toMatchObject([{ code: 1006 }]);
    const { refusal } = await send(server().url, ME, {}, bearer(elsewhere.accessToken));
    expect(refusal).toBeUndefined();
  });
});
