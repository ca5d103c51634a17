import { Refusal } from '../errors/refusal.ts';
import { SettingsError } from '../settings/load.ts';
import { withoutPassword } from '../settings/parse-database-url.ts';
import { defaultText, SETTINGS_TABLE } from '../settings/table.ts';

/** Codes of the database drivers. */
const DATABASE_CODE = /^(SQLITE_|ER_)/;

/** What went wrong, as its operator reads it on a terminal: one line, but one for each setting that is wrong. */
export function plainWords(error: unknown, env: NodeJS.ProcessEnv): string {
  if (!(error instanceof Error)) return oneLine(String(error));
  if (error instanceof SettingsError) return error.message;
  if (error instanceof Refusal && error.code === 'UNAVAILABLE')
    return databaseTrouble(error.cause ?? error, env);
  if (DATABASE_CODE.test(codeOf(error))) return databaseTrouble(error, env);
  if (codeOf(error) !== '' && 'path' in error)
    return `${oneLine(error.message)}: DATABASE_URL decides where the data are kept.`;
  return oneLine(error.message);
}

/** Drivers name neither the database nor, for a host name with several addresses, any reason but the code. */
function databaseTrouble(cause: unknown, env: NodeJS.ProcessEnv): string {
  const url = env['DATABASE_URL'] || defaultText(SETTINGS_TABLE.DATABASE_URL, '') || '';
  const reason = cause instanceof Error ? cause.message || codeOf(cause) : String(cause);
  return `The database ${withoutPassword(url)} cannot be used: ${oneLine(reason)}`;
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}
