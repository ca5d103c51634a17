import { findings } from '../support/axe.ts';
import { inBrowser, openWindow } from '../support/browser-window.ts';
import { login, registerUser } from '../support/client.ts';
import { confirm, isIn, OTHER_DEVICE, press, says, shows, signIn } from '../support/console-page.ts';
import { runConsole } from '../support/console-server.ts';
import { idBytes } from '../support/databases.ts';
import { watchTraffic } from '../support/graphql-traffic.ts';
import { growth } from '../support/metrics.ts';
import { onSqlite } from '../support/running.ts';
import { startTestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

inBrowser('A session in browsers', (browser) => {
  onSqlite('of people', (database) => {
    const server = runConsole(database);

    async function sessionsOf(userId: string, endReason: string | null): Promise<number> {
      const rows = await database().query('SELECT end_reason FROM sessions WHERE user_id = ?', [
        idBytes(userId),
      ]);
      return rows.filter((row) => row['end_reason'] === endReason).length;
    }

    /** A window in which a new account is signed in; it has no other session. */
    async function signedIn() {
      const account = await registerUser(server().url);
      await database().query('DELETE FROM sessions WHERE user_id = ?', [idBytes(account.userId)]);
      const window = await openWindow(browser());
      await signIn(window.page, server().url, account);
      return { ...window, account };
    }

    it('is ended from another browser, and says why at once, with no click and no request of its own', async () => {
      const { page, account, complaints, context } = await signedIn();
      const other = await openWindow(browser(), OTHER_DEVICE);
      await signIn(other.page, server().url, account);
      const traffic = watchTraffic(other.context);

      await press(page, 'End Firefox on Windows, This computer');
      await says(page, 'Firefox on Windows, This computer: signed out.');
      await page.getByText('Firefox on Windows', { exact: true }).waitFor({ state: 'detached' });

      await shows(other.page, 'Sign in');
      await says(other.page, 'You ended this session in your list of devices.');
      expect(traffic.requests).toEqual([]);
      await press(page, 'Refresh');
      await isIn(page);
      expect(await sessionsOf(account.userId, 'REVOKED_BY_USER')).toBe(1);
      expect([...complaints, ...other.complaints]).toEqual([]);
      await Promise.all([context.close(), other.context.close()]);
    });

    it('shows other devices as they come and go, and tells a screen reader', async () => {
      const { page, account, complaints, context } = await signedIn();
      const traffic = watchTraffic(context);
      const other = await openWindow(browser(), OTHER_DEVICE);
      await signIn(other.page, server().url, account);
      const name = page.getByText('Firefox on Windows', { exact: true });
      const news = (text: string) => page.getByRole('status').filter({ hasText: text }).waitFor();
      await name.waitFor();
      await news('Firefox on Windows, This computer: signed in.');
      await press(other.page, 'Sign out');
      await name.waitFor({ state: 'detached' });
      await news('Firefox on Windows, This computer: Signed out.');
      await isIn(page);
      expect(traffic.requests).toEqual([]);
      expect(await findings(page)).toEqual([]);
      expect([...complaints, ...other.complaints]).toEqual([]);
      await Promise.all([context.close(), other.context.close()]);
    });

    it('catches up with what happened while the server was away, without a request', async () => {
      const { page, account, context } = await signedIn();
      const traffic = watchTraffic(context);
      await server().kill();
      const meanwhile = await startTestServer(database());
      await login(meanwhile.url, account, { deviceName: 'the phone' });
      await meanwhile.stop();
      await server().start();
      await says(page, 'the phone');
      await isIn(page);
      expect(traffic.requests).toEqual([]);
      await context.close();
    });

    it('is alone after all others were ended at once', async () => {
      const { page, account, context } = await signedIn();
      const others = await Promise.all([1, 2].map(() => openWindow(browser(), OTHER_DEVICE)));
      for (const other of others) await signIn(other.page, server().url, account);
      await press(page, 'Refresh');
      await press(page, 'End all others');
      await confirm(page, 'End them');
      await says(page, 'Signed out on 2 other devices.');
      for (const other of others) {
        await other.page.reload();
        await says(other.page, 'You ended this session in your list of devices.');
        await other.context.close();
      }
      await context.close();
    });

    it('goes on after a reload, in one session', async () => {
      const { page, account, complaints, context } = await signedIn();
      for (let reload = 0; reload < 3; reload += 1) {
        await page.reload();
        await isIn(page);
      }
      expect(await sessionsOf(account.userId, null)).toBe(1);
      expect(complaints).toEqual([]);
      await context.close();
    });

    it('C6 goes on in ten tabs that are restored at once, with one rotation', async () => {
      const { page, account, context, complaints } = await signedIn();
      await page.close();
      const tabs = await Promise.all(Array.from({ length: 10 }, () => context.newPage()));
      const metricsUrl = `${server().url}/metrics`;
      const verdicts = await growth({ metricsUrl }, 'portcullis_refreshes_total', async () => {
        await Promise.all(tabs.map((tab) => tab.goto(server().url)));
        await Promise.all(tabs.map((tab) => isIn(tab)));
      });
      expect(verdicts).toMatchObject({ ROTATED: 1 });
      expect(verdicts).not.toHaveProperty('REUSED');
      expect(await sessionsOf(account.userId, null)).toBe(1);
      expect(complaints).toEqual([]);
      await context.close();
    });

    it('is over in every tab when one of them signs out', async () => {
      const { page, account, context } = await signedIn();
      const tabs = await Promise.all([1, 2].map(() => context.newPage()));
      for (const tab of tabs) {
        await tab.goto(server().url);
        await isIn(tab);
      }
      await press(page, 'Sign out');
      for (const tab of [page, ...tabs]) await shows(tab, 'Sign in');
      await until(async () => (await sessionsOf(account.userId, 'LOGOUT')) === 1);
      await context.close();
    });

    it('is over for the person at once when they sign out offline, and for the server when it hears of it', async () => {
      const { page, account, context } = await signedIn();
      const tab = await context.newPage();
      await tab.goto(server().url);
      await isIn(tab);
      await context.setOffline(true);
      await press(page, 'Sign out');
      for (const each of [page, tab]) await shows(each, 'Sign in');
      expect(await sessionsOf(account.userId, null)).toBe(1);
      await context.setOffline(false);
      await until(async () => (await sessionsOf(account.userId, 'LOGOUT')) === 1);
      await page.reload();
      await shows(page, 'Sign in');
      await context.close();
    });

    it.each([-7, 7])('goes on with a clock that is %i hours wrong', async (hours) => {
      const account = await registerUser(server().url);
      const window = await openWindow(browser());
      const traffic = watchTraffic(window.context);
      await window.page.clock.install({ time: Date.now() + hours * 3_600_000 });
      await signIn(window.page, server().url, account);
      for (let view = 0; view < 3; view += 1) {
        await press(window.page, 'Refresh');
        await says(window.page, 'Last used just now');
      }
      expect(traffic.count('refresh')).toBe(1);
      // In use, and the token's five minutes are nearly over.
      await window.page.clock.fastForward(240_000);
      await window.page.keyboard.press('Tab');
      await window.page.clock.fastForward(50_000);
      await until(async () => traffic.count('refresh') === 2);
      await window.page.reload();
      await isIn(window.page);
      expect(await sessionsOf(account.userId, null)).toBe(2);
      expect(window.complaints).toEqual([]);
      await window.context.close();
    });

    it('goes on when the server was killed and started again', async () => {
      const { page, account, context } = await signedIn();
      await server().kill();
      await press(page, 'Refresh');
      await says(page, 'The server cannot be reached.');
      await server().start();
      await press(page, 'Try again');
      await page.getByRole('button', { name: 'Try again' }).waitFor({ state: 'detached' });
      await page.reload();
      await isIn(page);
      expect(await sessionsOf(account.userId, null)).toBe(1);
      await context.close();
    });

    it('goes on when the server has not answered in time, and says that one may try again', async () => {
      const { page, context } = await signedIn();
      await page.route('**/graphql', () => undefined);
      await press(page, 'Refresh');
      await says(page, 'The server did not answer in time. Try again.');
      await page.unroute('**/graphql');
      await press(page, 'Try again');
      await page.getByRole('button', { name: 'Try again' }).waitFor({ state: 'detached' });
      await isIn(page);
      await context.close();
    });

    it('is over when it was not used for too long, and says so', async () => {
      const { page, context } = await signedIn();
      const [row] = await database().query('SELECT id FROM sessions ORDER BY created_at DESC LIMIT 1');
      const id = row?.['id'];
      if (!(id instanceof Uint8Array)) throw new Error('There is no session.');
      await database().age(Buffer.from(id).toString('hex'), 8 * 86_400_000);
      await press(page, 'Refresh');
      await shows(page, 'Sign in');
      await says(page, 'You were signed out because you had not been active for a while.');
      await context.close();
    });
  });
});
