import type { Locator } from 'playwright-core';
import { findings, inEachLook } from '../support/axe.ts';
import { inBrowser, openWindow } from '../support/browser-window.ts';
import { login, registerUser } from '../support/client.ts';
import { enterPassword, follow, isIn, press, says, shows, signIn } from '../support/console-page.ts';
import { runConsole } from '../support/console-server.ts';
import { onSqlite } from '../support/running.ts';
import { until } from '../support/until.ts';

const GOOD = 'seven otters juggle quietly';

inBrowser('My account', (browser) => {
  onSqlite('on a server that is open to everybody', (database) => {
    const server = runConsole(database, { SESSION_IDLE_TTL: '60s' });

    it('is made, with what is wrong told at its field', async () => {
      const { email } = await registerUser(server().url);
      const { page, context, complaints } = await openWindow(browser());
      await page.goto(server().url);
      await page.getByRole('link', { name: 'Create one' }).click();
      await shows(page, 'Create an account');
      const fill = async (mail: string, password: string) => {
        await page.getByLabel('E-mail').fill(mail);
        await page.getByLabel('Password').fill(password);
        await press(page, 'Create account');
      };
      await fill('ada@example.com', 'short');
      await says(page, 'This password is too short.');
      await expectProblem(page.getByLabel('Password'));
      await fill('ada@example.com', 'password1234');
      await says(page, 'This password is easily guessed.');
      await fill(email, GOOD);
      await says(page, 'There is already an account with this e-mail.');
      await expectProblem(page.getByLabel('E-mail'));
      await fill('ada@example.com', GOOD);
      await shows(page, 'My devices');
      await isIn(page);
      expect(complaints).toEqual([]);
      await context.close();
    });

    it('gets a new password, which signs out all other devices', async () => {
      const account = await registerUser(server().url);
      const { page, context, complaints } = await openWindow(browser());
      await signIn(page, server().url, account);
      await follow(page, 'Change password');
      const change = async (current: string, next: string) => {
        await page.getByLabel('Current password').fill(current);
        await page.getByLabel('New password').fill(next);
        await press(page, 'Change password');
      };
      await change('not the password', GOOD);
      await says(page, 'This is not your current password.');
      await expectProblem(page.getByLabel('Current password'));
      await change(account.password, 'qwertyqwerty');
      await says(page, 'This password is easily guessed.');
      await change(account.password, GOOD);
      await says(page, 'Your password is changed. All other devices are signed out.');
      await follow(page, 'My devices');
      await isIn(page);
      expect(await page.getByRole('button', { name: 'End all others' }).count()).toBe(0);
      await expect(login(server().url, account)).rejects.toThrow('INVALID_CREDENTIALS');
      await login(server().url, { ...account, password: GOOD });
      expect(complaints).toEqual([]);
      await context.close();
    });

    it('warns before the session ends, and lets one stay', async () => {
      const account = await registerUser(server().url);
      const { page, context, complaints } = await openWindow(browser());
      await page.clock.install();
      await signIn(page, server().url, account);
      const warning = page.getByRole('region', { name: 'Your session' });
      expect(await warning.count()).toBe(0);
      const stay = warning.getByRole('button', { name: 'Stay signed in' });
      // The token is renewed once by itself, for the page was used after it came; then nobody touches it.
      await until(async () => {
        await page.clock.fastForward(10_000);
        if ((await stay.count()) === 0) return false;
        expect(await findings(page)).toEqual([]);
        return stay.click({ timeout: 2_000 }).then(
          () => true,
          () => false,
        );
      });
      await warning.waitFor({ state: 'detached' });
      expect(complaints).toEqual([]);
      await context.close();
    });

    it('says why a session was ended while nobody looked', async () => {
      const account = await registerUser(server().url);
      const { page, context } = await openWindow(browser());
      await page.clock.install();
      await signIn(page, server().url, account);
      const [row] = await database().query(
        'SELECT id FROM sessions ORDER BY created_at DESC, id DESC LIMIT 1',
      );
      await database().age(Buffer.from(row?.['id'] as Uint8Array).toString('hex'), 120_000);
      await page.clock.fastForward(60_000);
      await page.clock.runFor(5_000);
      await shows(page, 'Sign in');
      await says(page, 'You were signed out because you had not been active for a while.');
      expect(await inEachLook(page)).toEqual([]);
      await context.close();
    });

    it('is all that somebody sees who is no administrator', async () => {
      const { page, context } = await openWindow(browser());
      await signIn(page, server().url, await registerUser(server().url));
      expect(await page.getByRole('link', { name: 'Users' }).count()).toBe(0);
      await page.goto(`${server().url}/#/admin/users`);
      await shows(page, 'Nothing is here');
      await context.close();
    });

    it('shows nothing of the one who was signed in before', async () => {
      const [first, second] = [await registerUser(server().url), await registerUser(server().url)];
      const { page, context } = await openWindow(browser());
      await signIn(page, server().url, first);
      await press(page, 'Sign out');
      await enterPassword(page, second);
      await says(page, second.email);
      expect(await page.content()).not.toContain(first.email);
      await context.close();
    });
  });

  onSqlite('on a server that is closed', (database) => {
    const server = runConsole(database, { REGISTRATION: 'closed', LOGIN_THROTTLE: 'on' });

    it('cannot be made by a stranger, who is told so', async () => {
      const { page, context } = await openWindow(browser());
      await page.goto(`${server().url}/#/register`);
      await page.getByLabel('E-mail').fill('ada@example.com');
      await page.getByLabel('Password').fill(GOOD);
      await press(page, 'Create account');
      await says(page, 'Registration is closed on this server.');
      await context.close();
    });

    it('is guarded against guesses, with the time to wait', async () => {
      const { page, context } = await openWindow(browser());
      await page.goto(server().url);
      const guess = { email: 'nobody@example.com', password: 'a guess of many' };
      await enterPassword(page, guess);
      await says(page, 'The e-mail or the password is not right.');
      const tooMany = page.getByText(/^Too many attempts\. Try again in \d+ seconds?\.$/);
      for (let guesses = 0; guesses < 20 && (await tooMany.count()) === 0; guesses += 1) {
        const answer = page.waitForResponse((response) => response.url().endsWith('/graphql'));
        await enterPassword(page, guess);
        await (await answer).finished();
        await page
          .getByRole('alert')
          .filter({ hasText: /Too many|not right/ })
          .first()
          .waitFor();
      }
      await tooMany.waitFor();
      await context.close();
    });
  });
});

/** What is wrong with a field is tied to it, so that a screen reader tells it with the field. */
async function expectProblem(field: Locator): Promise<void> {
  expect(await field.getAttribute('aria-invalid')).toBe('true');
  expect(await field.getAttribute('aria-describedby')).toMatch(/problem/);
}
