import { onSqlite, runServer } from '../support/running.ts';
import { until } from '../support/until.ts';
import { rotations, signedInTab, untilStatus } from './accounts.ts';
import { Browser, frozen } from './browser.ts';

const isRefresh = (query: string) => query.startsWith('mutation refresh');

onSqlite('tabs of one browser', (database) => {
  const server = runServer(database);
  let browser: Browser;
  beforeEach(() => {
    browser = new Browser(`${server().url}/graphql`);
  });
  afterEach(() => browser.close());

  it('a frozen tab that holds the turn is overtaken, and nobody is signed out', async () => {
    const { sessionId } = await signedInTab(server().url, browser);
    browser.close();
    const asleep = browser.open({}, () => frozen());
    const tabs = [browser.open(), browser.open()];
    const states = await Promise.all(tabs.map(({ client }) => client.ready()));
    expect(states.map(({ session }) => session?.id)).toEqual([sessionId, sessionId]);
    await untilStatus(asleep, 'signedIn');
    expect(await rotations(database(), sessionId)).toBe(1);
  });

  it('C4 an answer that got lost does no harm: the retry is answered', async () => {
    const { tab, sessionId } = await signedInTab(server().url, browser);
    let lost = 0;
    browser.network = async (go, { query }) => {
      if (!isRefresh(query) || lost > 0) return go();
      lost += 1;
      const before = browser.refreshToken;
      await go();
      browser.plant('refresh_token', before ?? '');
      throw new TypeError('Failed to fetch');
    };
    await expect(tab.client.extend()).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect(tab.client.state.signedIn).toBe(true);
    expect((await tab.client.extend()).session?.id).toBe(sessionId);
    expect(lost).toBe(1);
  });

  it('a login in one tab signs in the others, as whoever it was', async () => {
    const { tab, account } = await signedInTab(server().url, browser);
    const waiting = browser.open();
    await waiting.client.ready();
    const second = await signedInTab(server().url, browser);
    for (const { client } of [tab, waiting]) {
      await until(async () => client.state.user?.email === second.account.email);
      expect(await client.request('{ me { email } }')).toEqual({ me: { email: second.account.email } });
    }
    expect(account.email).not.toBe(second.account.email);
  });

  it('a refresh that finds a session nobody told of takes it over in all tabs', async () => {
    const { tab } = await signedInTab(server().url, browser);
    const other = browser.open();
    await other.client.ready();
    const elsewhere = new Browser(browser.url);
    const second = await signedInTab(server().url, elsewhere);
    browser.plant('refresh_token', elsewhere.refreshToken ?? '');
    elsewhere.close();
    await tab.client.extend();
    for (const { client } of [tab, other]) {
      await until(async () => client.state.session?.id === second.sessionId);
    }
  });

  it('a login waits for the refresh that is under way, so that its cookie is the last one', async () => {
    const { tab, account } = await signedInTab(server().url, browser);
    const other = browser.open();
    await other.client.ready();
    let answer = () => {};
    const gate = new Promise<void>((resolve) => {
      answer = resolve;
    });
    browser.network = async (go, { query }) => {
      if (isRefresh(query)) await gate;
      return go();
    };
    const order: string[] = [];
    // The restoration itself is over, and not only its outcome known: else it would do for `extend`.
    await other.client.extend();
    browser.sent.length = 0;
    const extended = other.client.extend().then(() => order.push('refresh'));
    await until(async () => browser.asked(/^mutation refresh/).length === 1);
    const loggedIn = tab.client.login(account).then(() => order.push('login'));
    answer();
    await Promise.all([extended, loggedIn]);
    expect(order).toEqual(['refresh', 'login']);
    const { session } = tab.client.state;
    await until(async () => other.client.state.session?.id === session?.id);
    expect((await other.client.extend()).session?.id).toBe(session?.id);
  });
});
