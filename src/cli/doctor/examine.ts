import { guessableAdmin } from '../../accounts/first-admin.ts';
import { readSettings } from '../../settings/load.ts';
import { resolveAddresses } from '../../settings/resolve.ts';
import type { Settings } from '../../settings/settings.ts';
import { checkCookie } from './check-cookie.ts';
import { checkDatabase } from './check-database.ts';
import { checkDurations } from './check-durations.ts';
import { checkPort } from './check-port.ts';
import { checkProxy } from './check-proxy.ts';
import { checkServer } from './check-server.ts';
import { checkSettings } from './check-settings.ts';
import type { Finding } from './finding.ts';

/**
 * Everything that can be told of a server without changing anything. Where the settings cannot be used, the database is
 * looked at all the same, if its own can.
 *
 * @param url of a running server to look at as well
 */
export async function examine(env: NodeJS.ProcessEnv, url: string | undefined): Promise<readonly Finding[]> {
  const reading = readSettings(env, guessableAdmin);
  const { settings } = reading;
  return [
    ...checkSettings(env, reading),
    ...(settings === undefined ? [] : ofSettings(settings)),
    ...(await checkDatabase(reading)),
    ...(settings === undefined ? [] : [await checkPort(settings)]),
    ...(url === undefined ? [] : await checkServer(url, settings)),
  ];
}

function ofSettings(settings: Settings): Finding[] {
  const addresses = resolveAddresses(settings, settings.port);
  return [
    ...checkCookie(settings, addresses),
    ...checkProxy(settings, addresses),
    ...checkDurations(settings),
  ];
}
