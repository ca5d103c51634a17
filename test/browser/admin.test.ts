import { inEachLook } from '../support/axe.ts';
import { inBrowser, openWindow, type Window } from '../support/browser-window.ts';
import { login, registerUser, send } from '../support/client.ts';
import { confirm, follow, isIn, OTHER_DEVICE, press, says, shows, signIn } from '../support/console-page.ts';
import { runConsole } from '../support/console-server.ts';
import { onSqlite } from '../support/running.ts';
import { ADMIN } from '../support/server.ts';
import { until } from '../support/until.ts';

inBrowser('The administration', (browser) => {
  onSqlite('of accounts and sessions', (database) => {
    const server = runConsole(database);
    let admin: Window;

    beforeAll(async () => {
      admin = await openWindow(browser());
      await signIn(admin.page, server().url, ADMIN);
    }, 60_000);

    afterEach(() => expect(admin.complaints).toEqual([]));
    afterAll(() => admin.context.close());

    const copied = async (what: 'operation' | 'variables') => {
      const details = admin.page.locator('details[open]');
      const index = what === 'operation' ? 0 : 1;
      return (await details.locator('pre').nth(index).innerText()).trim();
    };

    async function searchFor(email: string): Promise<void> {
      await follow(admin.page, 'Users');
      await admin.page.getByLabel('E-mail begins with').fill(email);
      await press(admin.page, 'Search');
      await until(async () => (await admin.page.locator('.rows li').count()) === 1);
      await admin.page.locator('.rows').getByText(email).waitFor();
    }

    it('suspends somebody and activates them again, and shows the GraphQL of it', async () => {
      const { email, userId } = await registerUser(server().url);
      const { page } = admin;
      await searchFor(email);
      await press(page, `Suspend ${email}`);
      await page.getByLabel('Reason (optional)').fill('left the company');
      await confirm(page, 'Suspend');
      await says(page, `${email} is suspended and signed out everywhere.`);
      await page.locator('.rows').getByText('Suspended', { exact: true }).waitFor();
      expect(await copied('operation')).toMatch(/^mutation SetUserStatus\(/);
      expect(JSON.parse(await copied('variables'))).toEqual({
        userId,
        status: 'SUSPENDED',
        reason: 'left the company',
      });
      await press(page, `Activate ${email}`);
      await says(page, `${email} can sign in again.`);
      await page.locator('.rows').getByText('Suspended', { exact: true }).waitFor({ state: 'detached' });
    });

    it('copies the GraphQL that it ran, which runs as it is', async () => {
      const { userId, email } = await registerUser(server().url);
      const { page, context } = admin;
      await context.grantPermissions(['clipboard-read', 'clipboard-write']);
      await searchFor(email);
      await press(page, `End all sessions of ${email}`);
      await confirm(page, 'End them');
      await says(page, `${email}: 1 session ended.`);
      const paste = () => page.evaluate(() => navigator.clipboard.readText());
      const opened = page.locator('details[open]');
      await opened.getByRole('button', { name: 'Copy the operation' }).click();
      await says(page, 'Copied the operation');
      const operation = await paste();
      await opened.getByRole('button', { name: 'Copy the variables' }).click();
      await says(page, 'Copied the variables');
      const variables = JSON.parse(await paste());
      expect(variables).toEqual({ userId });
      const { accessToken } = await login(server().url);
      const answer = await send(server().url, operation, variables, {
        authorization: `Bearer ${accessToken}`,
      });
      expect(answer.data).toEqual({ revokeAllForUser: { revokedCount: 0 } });
    });

    it('asks for the password again before it changes a role, and again when it is wrong', async () => {
      const { email } = await registerUser(server().url);
      const { page } = admin;
      await database().query('UPDATE sessions SET authenticated_at = authenticated_at - 3600000');
      await page.reload();
      await searchFor(email);
      const ask = async () => {
        await press(page, `Make admin: ${email}`);
        await confirm(page, 'Make administrator');
        await page.getByRole('dialog', { name: 'Your password, please' }).waitFor();
      };
      const answer = async (password: string) => {
        await page
          .getByRole('dialog', { name: 'Your password, please' })
          .getByLabel('Password')
          .fill(password);
        await press(page, 'Go on');
      };
      await ask();
      expect(await inEachLook(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await says(page, 'Nothing was changed: this needs your password.');
      await ask();
      await answer('not the password');
      await says(page, 'This is not your password.');
      await answer(ADMIN.password);
      await says(page, `${email} is an administrator now.`);
      await page.locator('.rows').getByText('Administrator', { exact: true }).waitFor();
    });

    it('keeps the last administrator', async () => {
      const { page } = admin;
      await database().query(`UPDATE users SET roles = 'USER' WHERE email <> '${ADMIN.email}'`);
      await searchFor(ADMIN.email);
      await press(page, `Suspend ${ADMIN.email}`);
      await confirm(page, 'Suspend');
      await says(page, 'This is the last administrator. Make somebody else one first.');
    });

    it('ends one session of a user, and whoever uses it sees why at once', async () => {
      const account = await registerUser(server().url);
      const other = await openWindow(browser(), OTHER_DEVICE);
      await signIn(other.page, server().url, account);
      const { page } = admin;
      await searchFor(account.email);
      await page.getByRole('link', { name: `Sessions of ${account.email}` }).click();
      await shows(page, 'Sessions');
      await page.getByText('Only').getByText(account.email).waitFor();
      await press(page, `End the session of ${account.email}: Firefox on Windows, This computer`);
      await confirm(page, 'End it');
      await says(page, `A session of ${account.email} has ended.`);
      await says(page, 'Ended by an administrator');
      await says(other.page, 'An administrator ended your session.');
      await other.context.close();
    });

    it('ends all sessions that a filter names, and tells how many before', async () => {
      const account = await registerUser(server().url);
      for (const deviceName of ['one', 'two', 'three']) await login(server().url, account, { deviceName });
      const { page } = admin;
      await page.goto(`${server().url}/#/admin/sessions?user=${account.userId}`);
      await until(async () => (await page.locator('.rows li').count()) === 4);
      await press(page, 'End all that match …');
      await page.getByRole('dialog', { name: 'End 4 sessions?' }).waitFor();
      await page.keyboard.press('Escape');
      expect(await page.getByRole('button', { name: /^End the session/ }).count()).toBe(4);
      await press(page, 'End all that match …');
      await confirm(page, 'End 4 sessions');
      await says(page, '4 sessions ended.');
      await says(page, 'No session is like this.');
      expect(await copied('operation')).toMatch(/^mutation EndSessions\(/);
      expect(JSON.parse(await copied('variables'))).toEqual({
        filter: { userId: account.userId },
        dryRun: false,
      });
    });

    it('pages through long lists, and filters them', async () => {
      const account = await registerUser(server().url);
      await database().query(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
         INSERT INTO users (id, email, display_name, password_hash, roles, status, token_version, created_at)
         SELECT randomblob(16), printf('page-%02d@example.com', i), NULL, password_hash, roles, status, token_version, created_at
         FROM users, n WHERE users.email = ?`,
        [account.email],
      );
      const { page } = admin;
      await follow(page, 'Users');
      await page.getByLabel('E-mail begins with').fill('page-');
      await press(page, 'Search');
      const rows = page.locator('.rows li');
      for (const length of [25, 50]) {
        await until(async () => (await rows.count()) === length);
        await press(page, 'Load more');
      }
      await until(async () => (await rows.count()) === 60);
      expect(await page.getByRole('button', { name: 'Load more' }).count()).toBe(0);
      await page.getByLabel('E-mail begins with').fill('nobody-at-all');
      await press(page, 'Search');
      await says(page, 'Nobody’s e-mail begins like this.');
    });

    it('refuses a filter that is not enough, in words', async () => {
      const { page } = admin;
      await page.goto(`${server().url}/#/admin/sessions`);
      await shows(page, 'Sessions');
      await press(page, 'End all that match …');
      await says(page, 'Choose at least one condition.');
      await page.getByLabel('Browser contains').fill('Firefox');
      await press(page, 'Filter');
      await says(page, 'Add another condition: the browser alone is not enough for a list.');
    });

    it('shows what happened, and only what one asks for', async () => {
      await registerUser(server().url);
      const { page } = admin;
      await follow(page, 'Security log');
      await page.getByLabel('What').selectOption({ label: 'Account created' });
      await page.getByLabel('When').selectOption({ label: 'The last hour' });
      await press(page, 'Filter');
      const titles = page.locator('.rows .row-title strong');
      await until(async () => {
        const texts = await titles.allInnerTexts();
        return texts.length > 0 && texts.every((text) => text === 'Account created');
      });
      await page
        .getByRole('link', { name: /^Only this user/ })
        .first()
        .click();
      await page.locator('.only').getByText('@example.com').waitFor();
      await until(async () => (await titles.allInnerTexts()).includes('Signed in'));
    });

    it('rotates the signing key, with and without the tokens of before', async () => {
      const { page } = admin;
      const states = () => page.locator('.rows .badge').allInnerTexts();
      await follow(page, 'Signing keys');
      await press(page, 'Rotate');
      await confirm(page, 'Make a new key');
      await says(page, 'A new key is published and will sign soon.');
      await until(async () => (await states()).sort().join() === 'Next,Signing');
      await press(page, 'Rotate and revoke');
      await confirm(page, 'Revoke and rotate');
      await says(page, 'A new key signs. Every access token of before is refused.');
      await until(async () => (await states()).filter((state) => state === 'Revoked').length === 2);
      expect(JSON.parse(await copied('variables'))).toEqual({ revokePrevious: true });
      await follow(page, 'My devices');
      await isIn(page);
    });

    it('draws the last day, and says the same in a table', async () => {
      const { page } = admin;
      await follow(page, 'Activity');
      const chart = page.getByRole('img', { name: /^Logins: \d+ in total/ });
      const drawn = async () => Number(/(\d+) in/.exec((await chart.getAttribute('aria-label')) ?? '')?.[1]);
      // The server counts in memory, and saves the counts every few seconds.
      await until(async () => {
        await press(page, 'Refresh');
        return (await drawn()) > 0;
      });
      await page.getByText('The same as a table').click();
      await until(async () => {
        const cells = await page.locator('tbody tr td:nth-child(2)').allInnerTexts();
        return cells.length === 24 && cells.reduce((sum, cell) => sum + Number(cell), 0) === (await drawn());
      });
    });
  });
});
