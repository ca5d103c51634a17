import { login } from '../../support/client.ts';
import { onSqlite, runServer } from '../../support/running.ts';
import { until } from '../../support/until.ts';
import { signedInTab } from '../accounts.ts';
import { Browser, type Tab } from '../browser.ts';
import { closingsOf, listen, untilServed } from './heard.ts';

const touch = ({ window }: Tab) => window.dispatchEvent(new Event('pointerdown'));

onSqlite('a passive socket', (database) => {
  const server = runServer(database, { ACCESS_TOKEN_TTL: '4s' });
  const browsers: Browser[] = [];
  afterEach(() => {
    for (const browser of browsers.splice(0)) browser.close();
  });

  async function subscribed(passive: boolean) {
    const browser = new Browser(`${server().url}/graphql`);
    browsers.push(browser);
    const { tab, account } = await signedInTab(server().url, browser);
    const socket = browser.openSocket(tab, { passive });
    const [closings, heard] = [closingsOf(socket), listen(socket)];
    const gaps: boolean[] = [];
    socket.on('connected', (_socket, _payload, hadGap) => gaps.push(hadGap));
    return { browser, tab, account, socket, closings, gaps, heard };
  }

  it('lets the token of an idle page run out, and is there again when somebody uses the page', async () => {
    const { browser, tab, account, socket, closings, gaps, heard } = await subscribed(true);
    const control = await subscribed(false);
    browser.sent.length = 0;
    await until(async () => closings.length === 1);
    expect(closings).toEqual(['4403 EXPIRED']);
    // The control has renewed its token twice; this one would have, if it did.
    await until(async () => control.browser.asked(/^mutation refresh/).length > 2);
    expect(browser.sent).toEqual([]);
    expect(browser.sockets.length).toBe(1);
    expect(tab.client.state.signedIn).toBe(true);

    touch(tab);
    await until(async () => gaps.length === 2);
    expect(gaps).toEqual([false, true]);
    await untilServed(socket);
    const { sessionId } = await login(server().url, account);
    await until(async () => heard.of(sessionId, 'BEGAN').length === 1);
    expect(heard.endings).toEqual([]);
  });

  it('waits until it is known who is signed in', async () => {
    const { browser, account, tab } = await subscribed(true);
    browser.close(tab);
    const reloaded = browser.open();
    const socket = browser.openSocket(reloaded, { passive: true });
    const heard = listen(socket);
    await untilServed(socket);
    const { sessionId } = await login(server().url, account);
    await until(async () => heard.of(sessionId, 'BEGAN').length === 1);
  });
});
