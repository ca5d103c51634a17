import { types } from 'node:util';
import { type DestinationStream, type Logger, pino } from 'pino';
import type { Settings } from './settings/settings.ts';
import { withoutTokens } from './without-tokens.ts';

export type { Logger };

const STDERR = 2;
const CAUSES_SHOWN = 4;

const SECRET_FIELDS = [
  'accessToken',
  'authorization',
  'clientSecret',
  'cookie',
  'currentPassword',
  'newPassword',
  'password',
  'passwordHash',
  'privateKey',
  'refreshToken',
  'secret',
  'token',
];

/**
 * The operator's log: one JSON line an event on stderr, written before the call returns, so that nothing is lost
 * at the exit. Nothing secret is passed to it; the redaction is a second line of defence (ASVS V16.2.5).
 *
 * @param destination where the lines go; stderr unless a test listens
 */
export function createLogger(
  level: Settings['logLevel'],
  destination: DestinationStream = pino.destination({ dest: STDERR, sync: true }),
): Logger {
  const options = {
    level,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
    serializers: { err: (error: unknown) => describeError(error, CAUSES_SHOWN) },
  };
  return pino(options, { write: (line: string) => destination.write(withoutSecrets(line)) });
}

/**
 * Only the parts of an error that are written for people: drivers hang the statement and its parameters, and so
 * password hashes and secrets, onto the errors they throw.
 */
function describeError(error: unknown, causes: number): unknown {
  if (!isError(error)) return { message: typeof error === 'string' ? error : `thrown: ${typeof error}` };
  const { name, message, stack, cause } = error;
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const below = cause === undefined || causes === 0 ? {} : { cause: describeError(cause, causes - 1) };
  return { type: name, message, ...code, stack, ...below };
}

/** better-sqlite3's errors inherit from Error without being native ones. */
function isError(value: unknown): value is Error {
  return types.isNativeError(value) || value instanceof Error;
}

/** Tokens and URL passwords wherever they stand; C1 controls too, which terminals obey and JSON leaves raw. */
function withoutSecrets(line: string): string {
  return withoutTokens(line)
    .replace(/:\/\/[^/\s:@"]*:[^/\s@"]+@/g, '://[redacted]@')
    .replace(/[\u007f-\u009f]/g, (control) => `\\u00${control.charCodeAt(0).toString(16)}`);
}
