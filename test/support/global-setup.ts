import { findChromium } from './chromium.ts';
import { findMysql } from './mysql.ts';

/** What setup and teardown, which jest runs in one process, share. */
export type TestRun = typeof globalThis & { portcullisStopMysql?: () => Promise<void> };

/**
 * Finds the MySQL and the browser of this run once; the suites read `PORTCULLIS_TEST_MYSQL` (see databases.ts) and
 * `PORTCULLIS_TEST_CHROMIUM` (see browser-window.ts).
 */
export default async function globalSetup(): Promise<void> {
  findBrowser();
  const mysql = await findMysql(process.env);
  process.env['PORTCULLIS_TEST_MYSQL'] = mysql?.url ?? '';
  if (mysql === undefined) skipped('The MySQL suites are skipped: set TEST_MYSQL_URL, or install mariadbd.');
  else (globalThis as TestRun).portcullisStopMysql = mysql.stop;
}

function findBrowser(): void {
  const executable = findChromium();
  process.env['PORTCULLIS_TEST_CHROMIUM'] = executable ?? '';
  if (executable === undefined) skipped('The suites in a browser are skipped: install Chromium.');
}

/** In CI what cannot be tested has failed. */
function skipped(message: string): void {
  if (process.env['CI'] === 'true') throw new Error(message);
  process.stderr.write(`${message}\n`);
}
