import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onSqlite, runServer } from '../support/running.ts';
import { makeStale, signedInTab } from './accounts.ts';
import { Browser } from './browser.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const ASK_ME = { method: 'POST', headers: JSON_TYPE, body: '{"query":"{ me { email } }"}' };

/** Another server, and the `Authorization` headers that came to it. */
async function startOther(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const came: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    came.push(request.headers.authorization);
    answer(request, response);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, came, stop: () => void server.close() };
}

onSqlite('client.fetch', (database) => {
  const server = runServer(database);
  let browser: Browser;
  beforeEach(() => {
    browser = new Browser(`${server().url}/graphql`);
  });
  afterEach(() => browser.close());

  it('carries the token, and sends again once what is refused as STALE', async () => {
    const { tab, account, userId } = await signedInTab(server().url, browser);
    await makeStale(server().url, userId);
    browser.sent.length = 0;
    const response = await tab.client.fetch('/graphql', ASK_ME);
    expect(await response.json()).toEqual({ data: { me: { email: account.email } } });
    expect(browser.sent.length).toBe(3);
    expect(await (await tab.client.fetch(new Request(browser.url, ASK_ME))).json()).toEqual({
      data: { me: { email: account.email } },
    });
  });

  it('sends again once after the 401 of a resource server, and gives its answer when it stays', async () => {
    const other = await startOther((_, response) => void response.writeHead(401).end('no'));
    const { tab } = await signedInTab(server().url, browser, { origins: [other.url] });
    const response = await tab.client.fetch(`${other.url}/things`);
    expect([response.status, await response.text()]).toEqual([401, 'no']);
    expect(other.came.length).toBe(2);
    expect(other.came.every((header) => header?.startsWith('Bearer '))).toBe(true);
    other.stop();
  });

  it('gives the token to no origin that is not named, and not after a redirect', async () => {
    const stranger = await startOther((_, response) => void response.end('{}'));
    const friend = await startOther((_, response) => {
      response.writeHead(307, { location: stranger.url }).end();
    });
    const { tab } = await signedInTab(server().url, browser, { origins: [friend.url] });
    await tab.client.fetch(stranger.url);
    await tab.client.fetch(friend.url);
    expect(friend.came).toEqual([`Bearer ${await tab.client.accessToken()}`]);
    expect(stranger.came).toEqual([undefined, undefined]);
    friend.stop();
    stranger.stop();
  });

  it('leaves an Authorization header of the caller as it is', async () => {
    const { tab } = await signedInTab(server().url, browser);
    browser.sent.length = 0;
    await tab.client.fetch(browser.url, {
      ...ASK_ME,
      headers: { ...JSON_TYPE, authorization: 'Bearer mine' },
    });
    expect(browser.sent.map(({ authorization }) => authorization)).toEqual(['Bearer mine']);
  });

  it('is an ordinary fetch while nobody is signed in', async () => {
    const { client } = browser.open();
    const response = await client.fetch(browser.url, ASK_ME);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { reason: 'MISSING' } }] });
    expect(browser.sent.map(({ authorization }) => authorization)).toEqual([null, null]);
  });
});

onSqlite('what the client leaves behind', (database) => {
  const server = runServer(database);

  it('no token in a storage or in a URL, and the refresh token in no script', async () => {
    const browser = new Browser(`${server().url}/graphql`);
    const { tab, account } = await signedInTab(server().url, browser);
    await tab.client.extend();
    await tab.client.request('{ me { id } }');
    const access = await tab.client.accessToken();
    await tab.client.logout();
    await tab.client.login(account);
    const left = JSON.stringify([...browser.stored, browser.sent.map(({ url }) => url), tab.client.state]);
    // Control: the search finds what is there.
    expect(left).toContain(account.email);
    expect(browser.sent.some(({ authorization }) => authorization === `Bearer ${access}`)).toBe(true);
    expect(left).not.toMatch(/eyJ|pr1_|[A-Za-z0-9_-]{60}/);
    expect([...browser.stored.values()]).toEqual([expect.stringMatching(/^\d+$/)]);
    browser.close();
  });
});
