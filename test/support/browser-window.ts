import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';

const EXECUTABLE = process.env['PORTCULLIS_TEST_CHROMIUM'] ?? '';

/** No first visit, no update, no QUIC, and nothing that asks somebody outside. */
const ARGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Milliseconds after which what a page should show does not come any more; a busy machine is slow. */
const LIMIT = 20_000;

/** Runs a suite in a real browser, where there is one (see global-setup.ts). */
export function inBrowser(title: string, suite: (browser: () => Browser) => void): void {
  if (EXECUTABLE === '') {
    describe.skip(title, () => void it('needs Chromium', () => undefined));
    return;
  }
  describe(title, () => {
    let browser: Browser | undefined;
    beforeAll(async () => {
      browser = await launchChromium(EXECUTABLE);
    }, 60_000);
    afterAll(async () => browser?.close());
    suite(() => {
      if (browser === undefined) throw new Error('The browser runs only while the tests run.');
      return browser;
    });
  });
}

function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ARGS, chromiumSandbox: false });
}

/** A person's browser: a cookie jar of its own, and a page in it. */
export interface Window {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors of its console: exceptions, what the CSP refused, what React warns of. */
  readonly complaints: readonly string[];
}

export async function openWindow(browser: Browser, options: BrowserContextOptions = {}): Promise<Window> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(LIMIT);
  const complaints: string[] = [];
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  context.on('weberror', (error) => void complaints.push(String(error.error())));
  return { context, page: await context.newPage(), complaints };
}
