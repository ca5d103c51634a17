import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSqlite } from '../support/databases.ts';
import { startServe, withProcesses } from '../support/processes.ts';
import { ADMIN, testEnvironment } from '../support/server.ts';
import { Browser } from './browser.ts';

const YEARS = 10 * 365 * 24 * 3_600_000;

describe('a wrong wall clock', () => {
  withProcesses();
  afterEach(() => jest.restoreAllMocks());

  it.each([
    ['ahead', YEARS],
    ['behind', -YEARS],
  ])('of the device, ten years %s, does no harm', async (_, shift) => {
    const database = await createSqlite();
    const env = testEnvironment(database, { ACCESS_TOKEN_TTL: '2s', SESSION_IDLE_TTL: '1h' });
    const server = startServe({ env });
    const url = `${await server.ready()}/graphql`;
    const now = Date.now.bind(Date);
    jest.spyOn(Date, 'now').mockImplementation(() => now() + shift);
    const browser = new Browser(url);
    const tab = browser.open();
    await tab.client.login(ADMIN);
    expect(await tab.client.request('{ me { email } }')).toEqual({ me: { email: ADMIN.email } });
    expect(browser.asked(/^mutation refresh/).length).toBe(1);
    const { idle = 0, lifetime = 0 } = tab.client.timeLeft() ?? {};
    expect([idle, lifetime].map((seconds) => Math.round(seconds / 60))).toEqual([60, 30 * 24 * 60]);
    browser.close();
    const restored = browser.open();
    expect(await restored.client.ready()).toMatchObject({ status: 'signedIn' });
    browser.close();
    jest.restoreAllMocks();
    server.kill();
    await server.outcome();
    await database.drop();
  });

  it('is not even looked at by the client', () => {
    const folder = join(__dirname, '../../src/client');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /[.]ts$/.test(name),
    );
    expect(files.length).toBeGreaterThan(20);
    const text = files.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
    expect(text).not.toMatch(/Date[.]now|new Date|Date\(/);
  });
});
