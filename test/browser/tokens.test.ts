import type { Page } from 'playwright-core';
import { inBrowser, openWindow } from '../support/browser-window.ts';
import { confirm, follow, press, says, shows, signIn } from '../support/console-page.ts';
import { runConsole } from '../support/console-server.ts';
import { watchTraffic } from '../support/graphql-traffic.ts';
import { onSqlite } from '../support/running.ts';
import { found } from '../support/secret-search.ts';
import { ADMIN } from '../support/server.ts';

/** Everything that a page keeps, shows, or leaves in its address, as one text. */
function residue(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const databases = await indexedDB.databases();
    const cached = await Promise.all(
      (await caches.keys()).map(async (name) =>
        (await (await caches.open(name)).keys()).map(({ url }) => url),
      ),
    );
    return JSON.stringify([
      { ...localStorage },
      { ...sessionStorage },
      databases,
      cached,
      document.cookie,
      window.name,
      history.state,
      location.href,
      performance.getEntriesByType('resource').map(({ name }) => name),
      document.documentElement.outerHTML,
    ]);
  });
}

function tokensIn(tokens: readonly string[], text: string): string[] {
  const secrets = tokens.map((token) => ({ name: token, text: token, forms: [Buffer.from(token)] }));
  return found(secrets, Buffer.from(text));
}

inBrowser('A token in a browser', (browser) => {
  onSqlite('of an admin', (database) => {
    const server = runConsole(database);

    it('D2 is in memory and in the httpOnly cookie, and nowhere else', async () => {
      const { page, context } = await openWindow(browser());
      const traffic = watchTraffic(context);
      const texts: string[] = [];
      await signIn(page, server().url, ADMIN);
      texts.push(await residue(page));
      for (const view of ['Users', 'Sessions', 'Security log', 'Signing keys']) await follow(page, view);
      await press(page, 'Rotate');
      await confirm(page, 'Make a new key');
      await says(page, 'A new key is published and will sign soon.');
      texts.push(await residue(page));
      await page.reload();
      await shows(page, 'Signing keys');
      texts.push(await residue(page));
      await press(page, 'Sign out');
      await shows(page, 'Sign in');
      texts.push(await residue(page), ...traffic.requests.map((request) => request.url()));

      const tokens = await traffic.tokens();
      expect(tokens.filter((token) => token.startsWith('pr1_')).length).toBeGreaterThanOrEqual(2);
      expect(tokens.filter((token) => token.startsWith('ey')).length).toBeGreaterThanOrEqual(2);
      expect(texts.flatMap((text) => tokensIn(tokens, text))).toEqual([]);
      await context.close();
    });

    it('would be found where it is kept', async () => {
      const { page, context } = await openWindow(browser());
      const traffic = watchTraffic(context);
      await signIn(page, server().url, ADMIN);
      const tokens = await traffic.tokens();
      await page.evaluate((kept) => {
        localStorage.setItem('session', JSON.stringify({ kept: kept[0] }));
        location.hash = `#/?hint=${kept[1]}`;
      }, tokens);
      expect(tokensIn(tokens, await residue(page)).sort()).toEqual(tokens.slice(0, 2).sort());
      await context.close();
    });
  });
});
