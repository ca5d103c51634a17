import { fileURLToPath } from 'node:url';
import { banner } from './banner.ts';
import { type RunningServer, startServer } from './composition.ts';
import { createLogger, type Logger } from './log.ts';
import type { Settings } from './settings/settings.ts';
import { stopSignal } from './stop-signal.ts';

/** Where the build puts it, seen from dist/src. */
const CONSOLE = fileURLToPath(new URL('../console', import.meta.url));

/** Milliseconds; requests under way have 10 s, and a database that hangs must not hold up the end. */
const LONGEST_STOP = 13_000;

/**
 * Runs the server until SIGTERM or SIGINT, then drains it.
 *
 * @throws what `startServer` throws
 */
export async function main(settings: Settings): Promise<void> {
  const log = createLogger(settings.logLevel);
  // Rejections that nobody handles arrive here too. Nothing can be said of the state any more: a new process has a sure one.
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'unexpected failure');
    process.exit(1);
  });
  const signalled = stopSignal();
  const server = await Promise.race([startServer(settings, CONSOLE, log), signalled]);
  // What a start had begun is one transaction each: nothing half done stays behind.
  if (typeof server === 'string') process.exit(0);
  process.stdout.write(banner(server, settings));
  log.info({ url: server.url, metricsUrl: server.metricsUrl, issuer: server.issuer }, 'ready');
  log.info({ signal: await signalled }, 'stopping');
  await stop(server, log);
}

async function stop(server: RunningServer, log: Logger): Promise<void> {
  const overdue = setTimeout(() => {
    log.error('the stop took too long; left without closing everything');
    process.exit(0);
  }, LONGEST_STOP);
  overdue.unref();
  await server.stop();
  log.info('stopped');
}
