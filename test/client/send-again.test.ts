import { bearer, login, REVOKE_SESSION, send } from '../support/client.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { ADMIN } from '../support/server.ts';
import { makeStale, rotations, signedInTab, untilStatus } from './accounts.ts';
import { Browser, offline } from './browser.ts';
import { startHostileServer } from './hostile-server.ts';

const ME = '{ me { email } }';

onSqlite('an operation that is refused', (database) => {
  const server = runServer(database);
  let browser: Browser;
  beforeEach(() => {
    browser = new Browser(`${server().url}/graphql`);
  });
  afterEach(() => browser.close());

  async function end(sessionId: string) {
    const { accessToken } = await login(server().url, ADMIN);
    await send(server().url, REVOKE_SESSION, { id: sessionId }, bearer(accessToken));
  }

  it('as STALE is sent again once, with a new token', async () => {
    const { tab, account, userId } = await signedInTab(server().url, browser);
    await makeStale(server().url, userId);
    browser.sent.length = 0;
    expect(await tab.client.request(ME)).toEqual({ me: { email: account.email } });
    expect(browser.sent.map(({ query }) => query.slice(0, 16))).toEqual([ME, 'mutation refresh', ME]);
  });

  it('as STALE, many at once in two tabs: one rotation for all', async () => {
    const { tab, userId, sessionId } = await signedInTab(server().url, browser);
    const other = browser.open();
    await other.client.ready();
    await makeStale(server().url, userId);
    const before = await rotations(database(), sessionId);
    const clients = [tab, other, tab, other, tab, other].map(({ client }) => client);
    await Promise.all(clients.map((client) => client.request(ME)));
    expect((await rotations(database(), sessionId)) - before).toBeLessThanOrEqual(1);
  });

  it('as SESSION_ENDED is not sent again: signed out in every tab, with the reason', async () => {
    const { tab, sessionId } = await signedInTab(server().url, browser);
    const other = browser.open();
    await other.client.ready();
    await end(sessionId);
    browser.sent.length = 0;
    const ended = { code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED', endReason: 'REVOKED_BY_ADMIN' };
    await expect(tab.client.request(ME)).rejects.toMatchObject(ended);
    expect(browser.sent.length).toBe(1);
    expect(tab.client.state).toMatchObject({ status: 'signedOut', endReason: 'REVOKED_BY_ADMIN' });
    await untilStatus(other, 'signedOut');
    expect(other.client.state.endReason).toBe('REVOKED_BY_ADMIN');
  });

  it('with the token of an old session says nothing of a newer one', async () => {
    const { tab, account } = await signedInTab(server().url, browser);
    let answer = () => {};
    const gate = new Promise<void>((resolve) => {
      answer = resolve;
    });
    browser.network = async (go, { query }) => {
      if (query === ME) await gate;
      return go();
    };
    const late = tab.client.request(ME).catch((error) => error);
    await tab.client.login(account);
    answer();
    expect(await late).toMatchObject({ reason: 'SESSION_ENDED', endReason: 'LOGOUT' });
    expect(tab.client.state).toMatchObject({ status: 'signedIn' });
    expect(await tab.client.request(ME)).toEqual({ me: { email: account.email } });
  });

  it('by a network that fails signs nobody out', async () => {
    const { tab, account } = await signedInTab(server().url, browser);
    browser.network = offline;
    await expect(tab.client.request(ME)).rejects.toMatchObject({ code: 'UNREACHABLE' });
    await expect(tab.client.extend()).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect(tab.client.state).toMatchObject({ status: 'signedIn', unreachable: true });
    browser.network = (go) => go();
    expect(await tab.client.request(ME)).toEqual({ me: { email: account.email } });
  });

  it('carries what the server says of it', async () => {
    const { tab } = await signedInTab(server().url, browser);
    const refused = tab.client.request('mutation($id: ID!) { revokeSession(id: $id) { id } }', {
      id: '01a200a1-5477-7286-ac89-7958575b5127',
    });
    await expect(refused).rejects.toMatchObject({ name: 'PortcullisError', code: 'NOT_FOUND' });
  });
});

describe('a server that always refuses', () => {
  const run = async (reason: string) => {
    const hostile = await startHostileServer(reason);
    const browser = new Browser(`${hostile.url}/graphql`);
    const tab = browser.open({ reauthenticate: async () => 'the same for ever' });
    await tab.client.ready();
    return { browser, tab, stop: hostile.stop };
  };

  it.each(['EXPIRED', 'STALE', 'INVALID', 'MISSING'])(
    'is asked twice with %s, and no more',
    async (reason) => {
      const { browser, tab, stop } = await run(reason);
      await expect(tab.client.request(ME)).rejects.toMatchObject({ reason });
      expect(browser.asked(/^\{ me/).length).toBe(2);
      expect(browser.asked(/^mutation refresh/).length).toBe(2);
      browser.close();
      await stop();
    },
  );

  it('is given a password five times at most', async () => {
    const { browser, tab, stop } = await run('REAUTHENTICATION_REQUIRED');
    await expect(tab.client.request(ME)).rejects.toMatchObject({ code: 'REAUTHENTICATION_REQUIRED' });
    expect(browser.asked(/^mutation reauthenticate/).length).toBe(5);
    expect(browser.asked(/^\{ me/).length).toBe(1);
    browser.close();
    await stop();
  });
});
