import { login, refreshWith, tokensOf } from '../../support/client.ts';
import { onSqlite, runServer } from '../../support/running.ts';
import { until } from '../../support/until.ts';
import { signedInTab } from '../accounts.ts';
import { Browser } from '../browser.ts';
import { closingsOf, listen, openSockets, untilServed } from './heard.ts';

onSqlite('a socket that moves to a new token', (database) => {
  const server = runServer(database);
  const brief = runServer(database, { ACCESS_TOKEN_TTL: '8s' });
  let browser: Browser;
  afterEach(() => browser.close());

  async function subscribed(url: string, passive = false) {
    browser = new Browser(`${url}/graphql`);
    const { tab, account, sessionId } = await signedInTab(url, browser);
    const socket = browser.openSocket(tab, { passive });
    const [closings, heard] = [closingsOf(socket), listen(socket)];
    const gaps: boolean[] = [];
    socket.on('connected', (_socket, _payload, hadGap) => gaps.push(hadGap));
    await untilServed(socket);
    return { tab, account, sessionId, socket, closings, gaps, heard };
  }

  it.each([false, true])(
    'loses no event and brings none twice while they keep coming (passive: %s)',
    async (passive) => {
      const { tab, account, closings, gaps, heard } = await subscribed(server().url, passive);
      const elsewhere = await login(server().url, account);
      let { refreshToken } = elsewhere;
      let refreshes = 0;
      let isGoingOn = true;
      const events = (async () => {
        for (; isGoingOn; refreshes += 1)
          ({ refreshToken } = tokensOf(await refreshWith(server().url, refreshToken), 'refresh'));
      })();
      for (const moves of [1, 2, 3]) {
        await tab.client.extend();
        await until(async () => browser.sockets.length === moves + 1 && openSockets(browser) === 1);
      }
      isGoingOn = false;
      await events;
      const last = await login(server().url, account);
      await until(async () => heard.of(last.sessionId, 'BEGAN').length === 1);
      const brought = heard.of(elsewhere.sessionId, 'REFRESHED').map(({ at }) => at);
      expect(refreshes).toBeGreaterThan(20);
      expect(brought.length).toBe(refreshes);
      expect(brought).toEqual([...brought].sort());
      expect(heard.endings).toEqual([]);
      expect(closings).toEqual(['1000 Normal Closure', '1000 Normal Closure', '1000 Normal Closure']);
      expect(gaps).toEqual([false, false, false, false]);
    },
  );

  it('a subscription is use of the page: it keeps the token renewed, and the socket moves by itself', async () => {
    const { account, heard, gaps } = await subscribed(brief().url);
    browser.sent.length = 0;
    await until(async () => browser.asked(/^mutation refresh/).length === 1);
    await until(async () => browser.sockets.length === 2 && openSockets(browser) === 1);
    const { sessionId } = await login(brief().url, account);
    await until(async () => heard.of(sessionId, 'BEGAN').length === 1);
    expect(gaps).toEqual([false, false]);
    expect(heard.endings).toEqual([]);
  });
});
