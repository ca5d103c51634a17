import { login } from '../../support/client.ts';
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
      const begun: string[] = [];
      let isGoingOn = true;
      const signIn = async () => void begun.push((await login(server().url, account)).sessionId);
      const events = (async () => {
        while (isGoingOn) await signIn();
      })();
      for (const moves of [1, 2, 3]) {
        await tab.client.extend();
        await until(async () => closings.length === moves);
      }
      isGoingOn = false;
      await events;
      await signIn();
      await until(async () => heard.events.some(({ session }) => session.id === begun.at(-1)));
      const brought = heard.events.filter(({ kind }) => kind === 'BEGAN').map(({ session }) => session.id);
      expect(begun.length).toBeGreaterThan(20);
      expect(brought).toEqual(begun);
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
