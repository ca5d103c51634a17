import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { findMysql } from './mysql.ts';

/** What setup and teardown, which jest runs in one process, share. */
export type TestRun = typeof globalThis & { portcullisStopMysql?: () => Promise<void> };

/**
 * Builds the console, without which no server starts, and finds the MySQL of this run once; the suites read
 * `PORTCULLIS_TEST_MYSQL` (see databases.ts).
 */
export default async function globalSetup(): Promise<void> {
  execFileSync(process.execPath, [join(__dirname, '../../scripts/build.mjs')], { stdio: 'inherit' });
  const mysql = await findMysql(process.env);
  process.env['PORTCULLIS_TEST_MYSQL'] = mysql?.url ?? '';
  if (mysql !== undefined) {
    (globalThis as TestRun).portcullisStopMysql = mysql.stop;
    return;
  }
  const message = 'The MySQL suites are skipped: set TEST_MYSQL_URL, or install mariadbd.';
  if (process.env['CI'] === 'true') throw new Error(message);
  process.stderr.write(`${message}\n`);
}
