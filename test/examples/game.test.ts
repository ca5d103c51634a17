import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { inBrowser, openWindow } from '../support/browser-window.ts';
import { login, registerUser } from '../support/client.ts';
import { type Account, press, says, signIn } from '../support/console-page.ts';
import { freePort } from '../support/free-port.ts';
import { CHECKOUT, newFolder, start, startServe, withProcesses } from '../support/processes.ts';
import { onSqlite } from '../support/running.ts';
import { testEnvironment } from '../support/server.ts';
import { until } from '../support/until.ts';

inBrowser('examples/game', (browser) => {
  onSqlite('is a page on an origin of its own', (database) => {
    withProcesses();

    /** A server that knows the origin of the game, and the game, as the example's first comment says. */
    async function startBoth() {
      const [serverPort, gamePort] = [await freePort(), await freePort()];
      const [server, game] = [serverPort, gamePort].map((port) => `http://localhost:${port}`);
      const ALLOWED_ORIGINS = `${server},${game}`;
      const settings = { PORT: String(serverPort), HOST: 'localhost', ISSUER: server, ALLOWED_ORIGINS };
      const serve = startServe({ env: testEnvironment(database(), settings), cwd: newFolder() });
      await serve.ready();
      const program = join(CHECKOUT, 'examples/game/main.mjs');
      const example = start(process.execPath, [program], {
        env: { URL: `${server}/graphql`, PORT: String(gamePort) },
      });
      await example.until(() => example.stdout.includes(`The game is at ${game}`));
      return { server: String(server), game: String(game) };
    }

    async function play(page: Page, url: string, { email, password }: Account): Promise<void> {
      await page.goto(url);
      await page.getByLabel('E-mail').fill(email);
      await page.getByLabel('Password').fill(password);
      await press(page, 'Play');
      await says(page, `Playing as ${email}`);
    }

    const lightsOf = (page: Page) =>
      page
        .getByRole('button', { name: /^Light/ })
        .evaluateAll((lights) => lights.map((light) => light.ariaPressed));

    it('plays by requests, knows by the socket where else, and stops when it is ended in the console', async () => {
      const { server, game } = await startBoth();
      const account = await registerUser(server);
      const { page, context, complaints } = await openWindow(browser());
      await play(page, game, account);
      const before = await lightsOf(page);
      await press(page, 'Light 13');
      await says(page, 'Moves: 1');
      const turned = (await lightsOf(page)).filter((light, index) => light !== before[index]);
      expect(turned.length).toBe(5);

      await login(server, account, { deviceName: 'Lights out' });
      await says(page, /^Elsewhere, since/);
      expect(await page.getByText(/^Here, since/).count()).toBe(1);

      const console = await openWindow(browser());
      await signIn(console.page, server, account);
      const requests: string[] = [];
      context.on('request', (request) => requests.push(request.url()));
      const rows = console.page.getByRole('listitem').filter({ hasText: 'Lights out' });
      await until(async () => (await rows.count()) === 2);
      for (const ended of [1, 2]) {
        await rows
          .getByRole('button', { name: /^End Lights out/ })
          .first()
          .click();
        await until(async () => (await rows.count()) === 2 - ended);
      }
      await says(page, 'The game is over. You ended this game in your list of devices.');
      expect(requests).toEqual([]);
      expect(await page.locator('#game[inert]').count()).toBe(1);

      await play(page, game, account);
      await press(page, 'Light 1');
      await says(page, 'Moves: 1');
      expect([...complaints, ...console.complaints]).toEqual([]);
      await Promise.all([context.close(), console.context.close()]);
    });
  });
});
