import { bearer, ME, send } from '../support/client.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { until } from '../support/until.ts';
import { signedInTab, untilStatus } from './accounts.ts';
import { Browser, offline } from './browser.ts';

onSqlite('signing out', (database) => {
  const server = runServer(database);
  let browser: Browser;
  beforeEach(() => {
    browser = new Browser(`${server().url}/graphql`);
  });
  afterEach(() => browser.close());

  async function refusalOf(accessToken: string | undefined) {
    return (await send(server().url, ME, {}, bearer(accessToken ?? ''))).refusal;
  }

  it('clears every tab, and ends the session', async () => {
    const { tab } = await signedInTab(server().url, browser);
    const other = browser.open();
    await other.client.ready();
    const token = await other.client.accessToken();
    const heard: unknown[] = [];
    other.client.on('signedOut', (ending) => heard.push(ending));
    const done = tab.client.logout();
    expect(tab.client.state).toEqual({ status: 'signedOut', signedIn: false, unreachable: false });
    await done;
    await untilStatus(other, 'signedOut');
    expect(heard).toEqual([{}]);
    expect(other.client.state.endReason).toBeUndefined();
    expect(await refusalOf(token)).toMatchObject({ endReason: 'LOGOUT' });
    expect(browser.refreshToken).toBeUndefined();
    await expect(other.client.request('{ me { id } }')).rejects.toMatchObject({ reason: 'MISSING' });
  });

  it('holds offline: in all tabs, after a reload, and the server is told when the network is back', async () => {
    const { tab } = await signedInTab(server().url, browser);
    const other = browser.open();
    const token = await other.client.accessToken();
    browser.network = offline;
    await tab.client.logout();
    expect(tab.client.state).toMatchObject({ status: 'signedOut', unreachable: true });
    await untilStatus(other, 'signedOut');

    browser.close();
    browser.sent.length = 0;
    const reloaded = browser.open();
    expect(await reloaded.client.ready()).toMatchObject({ status: 'signedOut' });
    await until(async () => browser.asked(/^mutation logout/).length > 0);
    browser.network = (go) => go();
    const again = browser.open();
    expect(await again.client.ready()).toMatchObject({ status: 'signedOut' });
    await until(async () => browser.refreshToken === undefined);
    expect(await refusalOf(token)).toMatchObject({ endReason: 'LOGOUT' });
    expect(browser.asked(/^mutation refresh/)).toEqual([]);
  });

  it('tells the server at once when the browser says that it is online', async () => {
    const { tab } = await signedInTab(server().url, browser);
    const token = await tab.client.accessToken();
    browser.network = offline;
    await tab.client.logout();
    expect(await refusalOf(token)).toBeUndefined();
    browser.network = (go) => go();
    tab.window.dispatchEvent(new Event('online'));
    await until(async () => !tab.client.state.unreachable);
    expect(await refusalOf(token)).toMatchObject({ endReason: 'LOGOUT' });
  });

  it('a login forgets the logout that the server was not told of, and its session stays', async () => {
    const { tab, account } = await signedInTab(server().url, browser);
    browser.network = offline;
    await tab.client.logout();
    browser.network = (go) => go();
    await tab.client.login(account);
    browser.close();
    const reloaded = browser.open();
    expect(await reloaded.client.ready()).toMatchObject({ status: 'signedIn' });
    expect(browser.asked(/^mutation logout/).length).toBe(1);
  });

  it('a refresh that is answered late does not sign in again', async () => {
    const { tab } = await signedInTab(server().url, browser);
    let answer = () => {};
    const gate = new Promise<void>((resolve) => {
      answer = resolve;
    });
    browser.network = async (go, { query }) => {
      const response = await go();
      if (query.startsWith('mutation refresh')) await gate;
      return response;
    };
    const extended = tab.client.extend();
    await until(async () => browser.asked(/^mutation refresh/).length === 2);
    const out = tab.client.logout();
    answer();
    await Promise.all([extended, out]);
    expect(tab.client.state.status).toBe('signedOut');
    expect(browser.refreshToken).toBeUndefined();
  });

  it('asks the server nothing while nobody is signed in, but what the app asks', async () => {
    const { tab } = await signedInTab(server().url, browser);
    await tab.client.logout();
    browser.sent.length = 0;
    for (const name of ['pointerdown', 'focus', 'online', 'pageshow'])
      tab.window.dispatchEvent(new Event(name));
    await tab.client.request('{ __typename }');
    expect(browser.sent.map(({ query, authorization }) => [query, authorization])).toEqual([
      ['{ __typename }', null],
    ]);
  });

  it('leaves another browser of the same person alone', async () => {
    const { tab, account } = await signedInTab(server().url, browser);
    const elsewhere = new Browser(browser.url);
    const there = elsewhere.open();
    await there.client.login(account);
    await tab.client.logout();
    expect(await there.client.request('{ me { email } }')).toEqual({ me: { email: account.email } });
    elsewhere.close();
  });
});
