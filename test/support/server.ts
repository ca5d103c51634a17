import { randomBytes } from 'node:crypto';
import { type RunningServer, startServer } from '../../src/composition.ts';
import { createLogger } from '../../src/log.ts';
import { loadSettings } from '../../src/settings/load.ts';
import { CONSOLE } from './console.ts';
import type { TestDatabase } from './databases.ts';

export const ADMIN = { email: 'admin@example.com', password: 'the first admin of the tests' };

/** The same for all instances of a test file: they share a database. */
export const SECRET = randomBytes(32).toString('base64');

export interface TestServer extends RunningServer {
  /** Every line it logged, parsed. */
  readonly log: () => Record<string, unknown>[];
  /** The same as it was written. */
  readonly logText: () => string;
}

export function testEnvironment(
  database: Pick<TestDatabase, 'url'>,
  env: NodeJS.ProcessEnv = {},
): NodeJS.ProcessEnv {
  return {
    NODE_ENV: 'test',
    PORT: '0',
    DATABASE_URL: database.url,
    PORTCULLIS_SECRET: SECRET,
    BOOTSTRAP_ADMIN_EMAIL: ADMIN.email,
    BOOTSTRAP_ADMIN_PASSWORD: ADMIN.password,
    // Instances that share a database share an issuer.
    ISSUER: 'http://localhost:4000',
    LOG_LEVEL: 'debug',
    // Thousands of logins from one address, right and wrong.
    LOGIN_THROTTLE: 'off',
    ...env,
  };
}

/** A real server in this process, on a port of its own. */
export async function startTestServer(
  database: Pick<TestDatabase, 'url'>,
  env: NodeJS.ProcessEnv = {},
): Promise<TestServer> {
  const lines: string[] = [];
  const log = createLogger('debug', { write: (line: string) => void lines.push(line) });
  const server = await startServer(loadSettings(testEnvironment(database, env)), CONSOLE, log);
  return {
    ...server,
    log: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
    logText: () => lines.join(''),
  };
}
