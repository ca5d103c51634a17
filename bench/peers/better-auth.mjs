/** node better-auth.mjs DATABASE_URL [--cookie-cache] */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import { createPool } from 'mysql2/promise';
import { listen } from './announce.mjs';

// The one that fits this Node.js, as for Portcullis (src/storage/sqlite-driver.ts).
const { default: Sqlite } = await import(
  Number(process.versions.napi) >= 10 ? 'better-sqlite3-13' : 'better-sqlite3'
);
const [url = '', ...flags] = process.argv.slice(2);
const sqlite = url.startsWith('sqlite:') ? new Sqlite(url.slice('sqlite:'.length)) : undefined;
sqlite?.pragma('journal_mode = WAL');

const options = {
  database: sqlite ?? createPool({ uri: url, connectionLimit: 16 }),
  secret: randomBytes(32).toString('base64'),
  baseURL: 'http://127.0.0.1',
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  session: { cookieCache: { enabled: flags.includes('--cookie-cache'), maxAge: 300 } },
};
await (await getMigrations(options)).runMigrations();
const auth = betterAuth(options);

const { headers } = await auth.api.signUpEmail({
  body: { email: 'somebody@example.com', password: 'correct horse battery', name: 'Somebody' },
  returnHeaders: true,
});
const cookie = headers
  .getSetCookie()
  .map((line) => line.split(';', 1)[0])
  .join('; ');

await listen(createServer(toNodeHandler(auth)), {
  method: 'GET',
  path: '/api/auth/get-session',
  headers: { Cookie: cookie },
  pattern: '"email":"somebody@example.com"',
});
