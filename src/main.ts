import { banner } from './banner.ts';
import { startServer } from './composition.ts';
import { createLogger } from './log.ts';
import { loadSettings } from './settings/load.ts';

/**
 * Runs the server until SIGTERM or SIGINT, then drains it.
 *
 * @throws SettingsError and what `startServer` throws
 */
export async function main(env: NodeJS.ProcessEnv): Promise<void> {
  const settings = loadSettings(env);
  const log = createLogger(settings.logLevel);
  const server = await startServer(settings, log);
  process.stdout.write(banner(server, settings.introspection));
  await signalled();
  log.info('stopping');
  await server.stop();
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
}
