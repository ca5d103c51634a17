import type { Page } from 'playwright-core';
import { findings, inEachLook } from '../support/axe.ts';
import { inBrowser, openWindow, type Window } from '../support/browser-window.ts';
import { login, registerUser } from '../support/client.ts';
import { press, shows, signIn } from '../support/console-page.ts';
import { runConsole } from '../support/console-server.ts';
import { onSqlite } from '../support/running.ts';
import { ADMIN } from '../support/server.ts';
import { until } from '../support/until.ts';

const DESKTOP = { width: 1280, height: 800 };
/** The narrowest that is common. */
const PHONE = { width: 360, height: 740 };

const OUTSIDE = { '/': 'Sign in', '/register': 'Create an account' };
const INSIDE = {
  '/': 'My devices',
  '/password': 'Change password',
  '/admin/activity': 'Activity',
  '/admin/users': 'Users',
  '/admin/sessions': 'Sessions',
  '/admin/log': 'Security log',
  '/admin/keys': 'Signing keys',
  '/nowhere': 'Nothing is here',
};

function unfold(page: Page): Promise<void> {
  return page.evaluate(() => {
    for (const details of document.querySelectorAll('details')) details.open = true;
  });
}

/** By how many pixels it is wider than the window. */
function overhang(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

async function open(page: Page, url: string, path: string, heading: string): Promise<void> {
  await page.goto(`${url}/#${path}`);
  await shows(page, heading);
  await page.locator('.loading').waitFor({ state: 'detached' });
}

inBrowser('Everybody can use', (browser) => {
  onSqlite('the console', (database) => {
    const server = runConsole(database);
    let outside: Window;
    let inside: Window;

    beforeAll(async () => {
      const { email, password } = await registerUser(server().url);
      await login(
        server().url,
        { email, password },
        { deviceName: 'a name as long as names may be '.repeat(3) },
      );
      await login(server().url, ADMIN, { deviceName: 'a name as long as names may be '.repeat(3) });
      [outside, inside] = [await openWindow(browser()), await openWindow(browser())];
      await signIn(inside.page, server().url, ADMIN);
    }, 60_000);

    afterAll(async () => {
      await outside.context.close();
      await inside.context.close();
    });

    it('axe finds what is wrong with a page', async () => {
      const { page, context } = await openWindow(browser());
      await page.setContent('<title>x</title><img src="data:,"><p>no landmark</p>');
      expect((await findings(page)).join()).toMatch(/html-has-lang.*image-alt/s);
      await context.close();
    });

    it.each(Object.entries(OUTSIDE))(
      '%s before signing in: axe finds nothing, light or dark',
      async (path, heading) => {
        await open(outside.page, server().url, path, heading);
        expect(await inEachLook(outside.page)).toEqual([]);
      },
    );

    it.each(Object.entries(INSIDE))('%s: axe finds nothing, light or dark', async (path, heading) => {
      await inside.page.setViewportSize(DESKTOP);
      await open(inside.page, server().url, path, heading);
      await unfold(inside.page);
      expect(await inEachLook(inside.page)).toEqual([]);
    });

    it('axe finds nothing in a dialog, in what it says, and in an opened menu', async () => {
      const { page } = inside;
      await page.setViewportSize(PHONE);
      await open(page, server().url, '/admin/users', 'Users');
      await press(page, `Suspend ${ADMIN.email}`);
      expect(await inEachLook(page)).toEqual([]);
      await page.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click();
      await page.getByText('This is the last administrator.').waitFor();
      expect(await inEachLook(page)).toEqual([]);
      await press(page, 'Menu');
      expect(await inEachLook(page)).toEqual([]);
    });

    it('no view is wider than a phone', async () => {
      await outside.page.setViewportSize(PHONE);
      await inside.page.setViewportSize(PHONE);
      const wide: string[] = [];
      const look = async ({ page }: Window, views: object) => {
        for (const [path, heading] of Object.entries(views)) {
          await open(page, server().url, path, String(heading));
          await unfold(page);
          if ((await overhang(page)) > 0) wide.push(path);
        }
      };
      await look(outside, OUTSIDE);
      await look(inside, INSIDE);
      expect(wide).toEqual([]);
    });

    it('a keyboard is enough, and the focus is where the work goes on', async () => {
      const { page } = inside;
      await page.setViewportSize(DESKTOP);
      await open(page, server().url, '/admin/users', 'Users');
      const focused = () => page.evaluate(() => document.activeElement?.textContent);
      expect(await focused()).toBe('Users');
      const button = page.getByRole('button', { name: `Suspend ${ADMIN.email}` });
      await button.focus();
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      expect(
        await page.getByRole('dialog').evaluate((dialog) => dialog.contains(document.activeElement)),
      ).toBe(true);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);
      await page.getByRole('button', { name: 'Skip to the content' }).focus();
      await page.keyboard.press('Enter');
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
    });

    it('what the policy refuses would be noticed', async () => {
      const { page, context, complaints } = await openWindow(browser());
      await page.goto(server().url);
      await page.evaluate(() => {
        const style = document.createElement('style');
        style.textContent = 'p { color: red }';
        document.head.append(style);
      });
      await until(async () => complaints.some((complaint) => /Content Security Policy/.test(complaint)));
      await context.close();
    });

    it('nothing was refused by the policy of the page, and nothing complained', () => {
      expect([...outside.complaints, ...inside.complaints]).toEqual([]);
    });
  });
});
