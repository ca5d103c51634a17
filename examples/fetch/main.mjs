/**
 * A program in a terminal that stays signed in: it lists where its user is signed in. Beside a running server:
 *
 *   EMAIL=admin@example.com PASSWORD=… npm run example examples/fetch/main.mjs
 *   npm run example examples/fetch/main.mjs            (from now on without the password)
 *   npm run example examples/fetch/main.mjs logout
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createClient } from 'portcullis/client';

const {
  URL: url = 'http://127.0.0.1:4000/graphql',
  EMAIL,
  PASSWORD,
  TOKEN_FILE = '.refresh-token',
} = process.env;

/**
 * Where the refresh token is kept. A file that only its owner reads is the least; take the key store of the device
 * (Keychain, Keystore, libsecret) where there is one.
 *
 * @type {import('portcullis/client').RefreshTokenStorage}
 */
const storage = {
  read: () => readFile(TOKEN_FILE, 'utf8').catch(() => undefined),
  write: (token) => writeFile(TOKEN_FILE, token, { mode: 0o600 }),
  remove: () => rm(TOKEN_FILE, { force: true }),
};

const client = createClient({ url, storage, deviceName: 'terminal' });

/** @typedef {{ mySessions: { deviceName: string | null, lastSeenAt: string, current: boolean }[] }} MySessions */

async function devices() {
  /** @type {import('portcullis/client').TypedDocument<MySessions, Record<string, never>>} */
  const document = '{ mySessions { deviceName lastSeenAt current } }';
  const { mySessions } = await client.request(document);
  return mySessions.map(
    ({ deviceName, lastSeenAt, current }) =>
      `  ${deviceName ?? '-'}, ${lastSeenAt}${current ? ' (this one)' : ''}`,
  );
}

/** The same with the wrapper of `fetch`, as for any other service that trusts this server. */
async function whoAmI() {
  const body = JSON.stringify({ query: '{ me { email } }' });
  const headers = { 'content-type': 'application/json' };
  const response = await client.fetch(url, { method: 'POST', headers, body });
  return (await response.json()).data.me.email;
}

/** @returns whether somebody is signed in: restored, or by the password */
async function signIn() {
  const { signedIn, endReason } = await client.ready();
  if (signedIn) return true;
  if (endReason) process.stdout.write(`The last session has ended: ${endReason}\n`);
  if (!EMAIL || !PASSWORD) return false;
  return (await client.login({ email: EMAIL, password: PASSWORD })).signedIn;
}

async function main() {
  const say = (/** @type {string} */ line) => process.stdout.write(`${line}\n`);
  if (!(await signIn())) say('Signed out. Set EMAIL and PASSWORD.');
  else if (process.argv[2] === 'logout') {
    await client.logout();
    say('Signed out.');
  } else {
    say(`${await whoAmI()} is signed in on`);
    for (const device of await devices()) say(device);
  }
}

await main().finally(() => client.close());
