import { setTimeout as sleep } from 'node:timers/promises';
import { onSqlite, runServer } from '../support/running.ts';
import { until } from '../support/until.ts';
import { signedInTab } from './accounts.ts';
import { Browser, offline, type Tab } from './browser.ts';

const touch = ({ window }: Tab) => window.dispatchEvent(new Event('pointerdown'));

onSqlite('keeping the token fresh', (database) => {
  const server = runServer(database, { ACCESS_TOKEN_TTL: '2s', SESSION_IDLE_TTL: '1h' });
  let browser: Browser;
  beforeEach(() => {
    browser = new Browser(`${server().url}/graphql`);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    browser.close();
  });

  const refreshes = () => browser.asked(/^mutation refresh/).length;
  async function aTab() {
    const { tab, account } = await signedInTab(server().url, browser);
    browser.sent.length = 0;
    return { tab, account };
  }

  it('a page in use renews before expiry, by itself, and not on every request', async () => {
    const { tab } = await aTab();
    const first = await tab.client.accessToken();
    for (let count = 0; count < 20; count += 1) await tab.client.request('{ me { id } }');
    expect(refreshes()).toBe(0);
    await until(async () => refreshes() === 1);
    await until(async () => tab.client.state.signedIn && (await tab.client.accessToken()) !== first);
  });

  it('a page that nobody uses lets the inactivity timeout run; the first touch renews', async () => {
    const { tab } = await aTab();
    await sleep(3_000);
    expect(refreshes()).toBe(0);
    touch(tab);
    await until(async () => refreshes() === 1);
    // Control: the same page in use.
    await until(async () => {
      touch(tab);
      return refreshes() === 2;
    });
  });

  it('after a sleep in which the monotonic clock stood still, the refusal leads to one refresh', async () => {
    const { tab, account } = await aTab();
    const still = performance.now();
    jest.spyOn(performance, 'now').mockReturnValue(still);
    await sleep(8_000);
    browser.sent.length = 0;
    expect(await tab.client.request('{ me { email } }')).toEqual({ me: { email: account.email } });
    expect(browser.sent.map(({ query }) => query.slice(0, 16))).toEqual([
      '{ me { email } }',
      'mutation refresh',
      '{ me { email } }',
    ]);
  });

  it('retries with pauses while the network is down and the page in use, and nobody is signed out', async () => {
    const { tab } = await aTab();
    const failures: string[] = [];
    tab.client.on('unreachable', ({ code }) => failures.push(code));
    touch(tab);
    browser.network = offline;
    await until(async () => failures.length === 2);
    expect(tab.client.state).toMatchObject({ signedIn: true, unreachable: true });
    browser.network = (go) => go();
    tab.window.dispatchEvent(new Event('online'));
    await until(async () => !tab.client.state.unreachable);
    expect(tab.client.state.signedIn).toBe(true);
  });

  it('tells how long the session has yet, and extends it', async () => {
    const { tab } = await aTab();
    await sleep(1_500);
    const before = tab.client.timeLeft();
    const events: string[] = [];
    tab.client.on('refreshed', ({ status }) => events.push(status));
    await tab.client.extend();
    const after = tab.client.timeLeft();
    expect(events).toEqual(['signedIn']);
    expect(after?.idle).toBeGreaterThan(before?.idle ?? 0);
    expect(after?.lifetime).toBeLessThanOrEqual(before?.lifetime ?? 0);
  });
});
