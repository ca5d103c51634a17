import type { DatabaseSettings } from '../../settings/settings.ts';
import { type Finding, problem } from './finding.ts';

/** What to do, by the beginning of the driver's code. */
const REMEDIES: readonly (readonly [code: RegExp, mend: string])[] = [
  [
    /^(ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ECONNRESET|PROTOCOL_)/,
    'Start the database, and see whether host, port and firewall let this machine reach it.',
  ],
  [/^(ENOTFOUND|EAI_AGAIN)/, 'Correct the host in DATABASE_URL.'],
  [/^ER_ACCESS_DENIED/, 'Correct user and password in DATABASE_URL; special characters are written as %XX.'],
  [/^ER_DBACCESS_DENIED/, 'Give the user all privileges on this database: GRANT ALL ON … TO …'],
  [/^ER_BAD_DB/, 'Correct the name in DATABASE_URL, or create the database: CREATE DATABASE …'],
  [/^ER_CON_COUNT|^ER_TOO_MANY_USER/, 'Raise max_connections of the database, or run fewer instances.'],
  [/^SQLITE_NOTADB/, 'Set DATABASE_URL to another file, or restore this one from a backup.'],
  [/^SQLITE_CORRUPT/, 'Restore it from a backup.'],
  [
    /^SQLITE_(CANTOPEN|READONLY|PERM|AUTH)/,
    'Run this as the user that runs the server, and see whether it is a file.',
  ],
  [/^SQLITE_BUSY/, 'Another process holds it for long: see which one, and try again.'],
];

/** The database is there and cannot be used, or is not there. */
export function cannotBeUsed(error: unknown, settings: DatabaseSettings): Finding {
  const { code, reason } = describe(error);
  const known = REMEDIES.find(([pattern]) => pattern.test(code));
  const mend = known?.[1] ?? 'See the log of the database.';
  return problem('database', `${nameOf(settings)} cannot be used: ${reason}`, mend);
}

/** For a host name with several addresses a driver says no more than the code. */
function describe(error: unknown): { code: string; reason: string } {
  if (!(error instanceof Error)) return { code: '', reason: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return { code, reason: error.message || code };
}

function nameOf(settings: DatabaseSettings): string {
  if (settings.kind === 'sqlite') return settings.path;
  return `${settings.name} at ${settings.host}:${settings.port}, as ${settings.user},`;
}
