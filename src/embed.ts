import type { Server } from 'node:http';
import { type FirstAdmin, guessableAdmin } from './accounts/first-admin.ts';
import { type Host, type RunningServer, startServer } from './composition.ts';
import type { Gate } from './guard/gate.ts';
import { createLogger, type Logger } from './log.ts';
import { isSet, loadSettings } from './settings/load.ts';
import type { Settings } from './settings/settings.ts';
import { SETTING_NAMES, type SettingName } from './settings/table.ts';

export interface PortcullisOptions extends Host {
  /** By the names of the settings table, as texts; what is left out is looked for in the environment. */
  readonly settings?: { readonly [Name in SettingName]?: string | undefined };
  /** Whether there is a console, at `/`. Without it there is one, unless a server is joined, whose page that is. */
  readonly console?: boolean;
  /** Where the lines of the log go, one JSON object each; stderr unless it is given. */
  readonly log?: { write(line: string): void };
}

/** A Portcullis that runs in this process. */
export interface Portcullis {
  /** Where it answers, e.g. `http://127.0.0.1:4000`; the issuer, where the joined server does not listen yet. */
  readonly url: string;
  readonly issuer: string;
  /** Set when this start created the first admin; a generated password is told here and nowhere else. */
  readonly firstAdmin: FirstAdmin | undefined;
  /** Who calls, for handlers of your own and for the `@auth` of another schema. */
  readonly gate: Gate;
  /** Answers what is under way, then closes everything that it opened. A joined server goes on. */
  stop(): Promise<void>;
}

/**
 * Starts Portcullis in this process.
 *
 * @param consoleFolder of the built console
 * @throws SettingsError; SchemaError; Refusal UNAVAILABLE; Error that says what is wrong with secret, key, address or port
 */
export async function embed(options: PortcullisOptions, consoleFolder: string): Promise<Portcullis> {
  const { server } = options;
  const settings = readSettings(options);
  const log = createLogger(settings.logLevel, options.log);
  const { console = server === undefined } = options;
  const running = await startServer(settings, console ? consoleFolder : undefined, log, options);
  const { url, issuer, firstAdmin, gate } = running;
  log.info({ url, metricsUrl: running.metricsUrl, issuer }, 'ready');
  const stop = stopOnce(running, server, log);
  return { url, issuer, firstAdmin, gate, stop };
}

function readSettings({ settings = {}, server }: PortcullisOptions): Settings {
  const unknown = Object.keys(settings).filter((name) => !SETTING_NAMES.some((known) => known === name));
  const given = Object.entries(settings).filter(([, text]) => text !== undefined);
  const env = { ...process.env, ...Object.fromEntries(given) };
  // A port that is guessed would stand in every token, and in the origins whose pages may use the cookie.
  const isKnown = isSet(env, 'ISSUER') || (isSet(env, 'PORT') && env['PORT'] !== '0');
  return loadSettings(env, (values) => [
    ...unknown.map((name) => `${name}: there is no such setting`),
    ...(server?.listening === false && !isKnown
      ? ['ISSUER: required, or PORT, as long as the server to join does not listen']
      : []),
    ...guessableAdmin(values),
  ]);
}

/** By whoever comes first: `stop`, or the end of the server that was joined. */
function stopOnce(running: RunningServer, server: Server | undefined, log: Logger): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  const stop = () => {
    server?.off('close', stopWithServer);
    stopped ??= running.stop();
    return stopped;
  };
  const stopWithServer = () =>
    void stop().catch((error: unknown) => log.error({ err: error }, 'the stop failed'));
  server?.once('close', stopWithServer);
  return stop;
}
