/**
 * Makes docs/screenshots/ anew: starts the built server on a database of its own, fills it with sample data, and looks at
 * the console in the Chromium of this machine. Run by `npm run screenshots`.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { sqliteDriver } from '../dist/src/storage/sqlite-driver.js';
import { fill, PERSON } from './sample-data.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const pictures = join(root, 'docs', 'screenshots');
const ADMIN = { email: 'admin@example.com', password: 'the gate keeper of the castle' };
/** Bytes; the README loads them. */
const MOST = 120_000;

const DESKTOP = { width: 1200, height: 720 };
const PHONE = { width: 390, height: 760 };

const folder = mkdtempSync(join(tmpdir(), 'portcullis-screenshots-'));
const server = spawn(process.execPath, [join(root, 'bin/portcullis.js'), 'serve'], {
  cwd: folder,
  env: {
    PATH: process.env.PATH,
    PORT: '0',
    TRUST_PROXY: '1',
    DATABASE_URL: `sqlite:${folder}/sample.sqlite`,
    BOOTSTRAP_ADMIN_EMAIL: ADMIN.email,
    BOOTSTRAP_ADMIN_PASSWORD: ADMIN.password,
  },
  stdio: ['ignore', 'pipe', 'ignore'],
});
try {
  const url = await urlOf(server);
  const database = new (sqliteDriver())(join(folder, 'sample.sqlite'), { timeout: 5_000 });
  await fill(url, database);
  database.close();
  await look(url);
} finally {
  server.kill();
  rmSync(folder, { recursive: true, force: true });
}

async function urlOf({ stdout }) {
  let text = '';
  for await (const chunk of stdout) {
    text += chunk;
    const url = /ready at (\S+)/.exec(text)?.[1];
    if (url && text.includes('Log in:')) return url;
  }
  throw new Error('The server did not start.');
}

async function look(url) {
  mkdirSync(pictures, { recursive: true });
  const args = ['--disable-gpu', '--disable-background-networking', '--disable-component-update'];
  const browser = await chromium.launch({ executablePath: installed(), args, chromiumSandbox: false });
  try {
    await lookAtAccount(await browser.newPage({ viewport: DESKTOP }), url);
    await lookAtAdministration(await browser.newPage({ viewport: DESKTOP }), url);
    const phone = { viewport: PHONE, deviceScaleFactor: 1.5, colorScheme: 'dark' };
    await lookAtPhone(await browser.newPage(phone), url);
  } finally {
    await browser.close();
  }
}

async function lookAtAccount(page, url) {
  await page.goto(url);
  await page.getByLabel('E-mail').fill(PERSON.email);
  await take(page, 'sign-in');
  await signIn(page, url, PERSON);
  await take(page, 'devices');
}

async function lookAtAdministration(page, url) {
  await signIn(page, url, ADMIN);
  await visit(page, 'Activity');
  await take(page, 'activity');
  await visit(page, 'Users');
  await take(page, 'users');
  await visit(page, 'Sessions');
  await page.getByRole('button', { name: /^End the session of katherine/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'End it' }).click();
  await page.getByText('has ended').waitFor();
  await take(page, 'sessions');
}

async function lookAtPhone(page, url) {
  await signIn(page, url, PERSON);
  await take(page, 'phone-dark');
}

async function signIn(page, url, { email, password }) {
  await page.goto(url);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('This device', { exact: true }).waitFor();
}

async function visit(page, name) {
  await page.getByRole('link', { name, exact: true }).click();
  await page.locator('.rows, .charts').first().waitFor();
}

async function take(page, name) {
  const path = join(pictures, `${name}.png`);
  await page.screenshot({ path, animations: 'disabled' });
  const { size } = statSync(path);
  if (size > MOST) throw new Error(`${path} has ${size} bytes, more than ${MOST}.`);
  process.stdout.write(`${path}: ${size} bytes\n`);
}

function installed() {
  return execFileSync('sh', [
    '-c',
    'command -v chromium || command -v chromium-browser || command -v google-chrome',
  ])
    .toString()
    .trim();
}
