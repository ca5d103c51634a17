import type { Core } from '../core.ts';
import { createLogger } from '../log.ts';
import { isSet } from '../settings/load.ts';
import type { Settings } from '../settings/settings.ts';

/**
 * Opens the database for a command, creating a SQLite file that is not there.
 *
 * A command says what it did on stdout, so its log keeps to warnings unless LOG_LEVEL asks for more; the security log
 * in the database has its line either way.
 *
 * @throws Refusal UNAVAILABLE when the database cannot be reached
 */
export async function openDatabase(settings: Settings): Promise<Core> {
  // Loaded here, and so only by the commands that need it: the help should not wait for a server.
  const { openCore } = await import('../core.ts');
  return openCore(settings, createLogger(isSet(process.env, 'LOG_LEVEL') ? settings.logLevel : 'warn'));
}
