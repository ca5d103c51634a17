import { login } from '../../support/client.ts';
import { onMysql } from '../../support/databases.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';
import { until } from '../../support/until.ts';
import { signedInTab } from '../accounts.ts';
import { Browser } from '../browser.ts';
import { listen, untilServed } from './heard.ts';

onMysql('a socket whose server has no database for a while', (database) => {
  let proxy: TcpProxy;
  let server: TestServer;
  beforeAll(async () => {
    const url = new URL(database().url);
    proxy = new TcpProxy({ host: url.hostname, port: Number(url.port || 3306) });
    url.hostname = '127.0.0.1';
    url.port = String(await proxy.open());
    server = await startTestServer({ url: url.href });
  });
  afterAll(async () => {
    await server.stop();
    await proxy.cut();
  });

  it('waits for it with what is subscribed meanwhile, and signs nobody out', async () => {
    const browser = new Browser(`${server.url}/graphql`);
    const { tab, account } = await signedInTab(server.url, browser);
    const socket = browser.openSocket(tab);
    const before = listen(socket);
    await untilServed(socket);
    proxy.hold();
    const meanwhile = listen(socket);
    const refused: string[] = [];
    socket.on('message', ({ type }) => refused.push(type));
    await until(async () => refused.includes('error'));
    proxy.release();
    await until(async () => {
      const { sessionId } = await login(server.url, account);
      await until(async () => before.of(sessionId, 'BEGAN').length === 1);
      return meanwhile.events.length > 0;
    });
    const { sessionId } = await login(server.url, account);
    for (const heard of [before, meanwhile]) {
      await until(async () => heard.of(sessionId, 'BEGAN').length === 1);
      expect(heard.endings).toEqual([]);
    }
    expect(browser.sockets.length).toBe(1);
    expect(tab.client.state.signedIn).toBe(true);
    browser.close();
  });
});
