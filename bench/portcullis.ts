import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { login, registerUser, type Tokens } from '../test/support/client.ts';
import type { TestDatabase } from '../test/support/databases.ts';
import { Program, ROOT } from './program.ts';

const SECRET = randomBytes(32).toString('base64');

/** How many logins are sent at once to prepare a measurement. */
const LOGINS_AT_ONCE = 8;

/** The environment of the product's own program, as an operator would set it for production. */
export function environment(
  database: Pick<TestDatabase, 'url'>,
  env: NodeJS.ProcessEnv = {},
): NodeJS.ProcessEnv {
  return {
    PORT: '0',
    DATABASE_URL: database.url,
    PORTCULLIS_SECRET: SECRET,
    ISSUER: 'https://auth.example.com',
    REGISTRATION: 'open',
    LOG_LEVEL: 'warn',
    ...env,
  };
}

/** Starts the product's own program. */
export function startPortcullis(
  database: Pick<TestDatabase, 'url'>,
  env: NodeJS.ProcessEnv = {},
): Promise<Program> {
  return Program.start([join(ROOT, 'bin/portcullis.js'), 'serve'], { env: environment(database, env) });
}

export interface Account {
  readonly userId: string;
  readonly email: string;
  readonly password: string;
}

export async function createAccount(url: string): Promise<Account> {
  const { userId, email, password } = await registerUser(url);
  return { userId, email, password };
}

/** So many sessions of one account, signed in as a native client. */
export function signIn(url: string, account: Account, sessions: number): Promise<Tokens[]> {
  return signInEach(url, [account], sessions);
}

/** So many sessions, of the accounts in turn. */
export async function signInEach(
  url: string,
  accounts: readonly Account[],
  sessions: number,
): Promise<Tokens[]> {
  const tokens: Tokens[] = [];
  while (tokens.length < sessions) {
    const next = Array.from({ length: Math.min(LOGINS_AT_ONCE, sessions - tokens.length) }, (_, index) =>
      login(url, accounts[(tokens.length + index) % accounts.length]),
    );
    tokens.push(...(await Promise.all(next)));
  }
  return tokens;
}
