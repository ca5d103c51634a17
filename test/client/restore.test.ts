import { onSqlite, runServer } from '../support/running.ts';
import { until } from '../support/until.ts';
import { rotations, signedInTab } from './accounts.ts';
import { Browser, offline } from './browser.ts';

onSqlite('restoring the session', (database) => {
  const server = runServer(database);
  const endpoint = () => `${server().url}/graphql`;
  let browser: Browser;
  beforeEach(() => {
    browser = new Browser(endpoint());
  });
  afterEach(() => browser.close());

  it('a reload keeps the person in, by one refresh through the cookie', async () => {
    const { tab, account, sessionId } = await signedInTab(server().url, browser);
    browser.close();
    browser.sent.length = 0;
    const reloaded = browser.open();
    expect(reloaded.client.state).toEqual({ status: 'restoring', signedIn: false, unreachable: false });
    const state = await reloaded.client.ready();
    expect(state).toMatchObject({ status: 'signedIn', signedIn: true, user: { email: account.email } });
    expect(state.session).toEqual({
      ...tab.client.state.session,
      id: sessionId,
      lastSeenAt: expect.any(String),
      idleExpiresAt: expect.any(String),
    });
    expect(browser.sent.map(({ query }) => /^mutation (\w+)/.exec(query)?.[1])).toEqual(['refresh']);
    expect(await reloaded.client.request('{ me { email } }')).toEqual({ me: { email: account.email } });
  });

  it('a first visit finds nobody, and says no reason', async () => {
    const { client } = browser.open();
    expect(await client.ready()).toEqual({ status: 'signedOut', signedIn: false, unreachable: false });
    expect(client.timeLeft()).toBeUndefined();
    expect(await client.accessToken()).toBeUndefined();
    expect(browser.sent.length).toBe(1);
  });

  it('C6 ten tabs restored at once: one rotation, nobody is signed out', async () => {
    const { sessionId } = await signedInTab(server().url, browser);
    browser.close();
    const before = await rotations(database(), sessionId);
    const tabs = Array.from({ length: 10 }, () => browser.open());
    const states = await Promise.all(tabs.map(({ client }) => client.ready()));
    expect(states.map(({ status, session }) => [status, session?.id])).toEqual(
      tabs.map(() => ['signedIn', sessionId]),
    );
    expect(await rotations(database(), sessionId)).toBe(before + 1);
    const answers = await Promise.all(tabs.map(({ client }) => client.request('{ me { id } }')));
    expect(answers.length).toBe(10);
  });

  it('a tab that waits takes over what another one got, and does not ask', async () => {
    await signedInTab(server().url, browser);
    browser.close();
    browser.sent.length = 0;
    let answerFirst = () => {};
    const gate = new Promise<void>((resolve) => {
      answerFirst = resolve;
    });
    browser.network = async (go) => {
      await gate;
      return go();
    };
    const first = browser.open();
    await until(async () => browser.sent.length === 1);
    const second = browser.open();
    setTimeout(answerFirst, 100);
    const [one, two] = await Promise.all([first.client.accessToken(), second.client.accessToken()]);
    expect(two).toBe(one);
    expect(browser.asked(/^mutation refresh/).length).toBe(1);
  });

  it('knows nothing while the server is away, goes on asking, and is there when it is back', async () => {
    await signedInTab(server().url, browser);
    browser.close();
    browser.network = offline;
    const { client } = browser.open();
    const failures: unknown[] = [];
    client.on('unreachable', ({ code }) => failures.push(code));
    await until(async () => failures.length === 2);
    expect(client.state).toMatchObject({ status: 'restoring', unreachable: true });
    await expect(client.request('{ me { id } }')).rejects.toMatchObject({ code: 'UNREACHABLE' });
    browser.network = (go) => go();
    expect(await client.ready()).toMatchObject({ status: 'signedIn', unreachable: false });
  });

  it('tells why the session has ended meanwhile', async () => {
    const { sessionId } = await signedInTab(server().url, browser);
    browser.close();
    await database().age(sessionId, 8 * 24 * 3600 * 1000);
    const { client } = browser.open();
    expect(await client.ready()).toMatchObject({ status: 'signedOut', endReason: 'IDLE_TIMEOUT' });
  });
});
