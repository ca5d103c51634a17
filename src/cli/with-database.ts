import { existsSync } from 'node:fs';
import { ActivityCounts } from '../activity/count-activity.ts';
import { saveLast } from '../activity/save-activity.ts';
import type { Core } from '../core.ts';
import { loadSettings } from '../settings/load.ts';
import { resolveAddresses } from '../settings/resolve.ts';
import type { DatabaseSettings, Settings } from '../settings/settings.ts';
import { CommandFailure } from './command-failure.ts';
import { openDatabase } from './open-database.ts';

const HOW = 'run portcullis migrate or start the server';

/**
 * Runs the work of a command on a database that is there and migrated, and creates nothing.
 *
 * @throws SettingsError; Refusal UNAVAILABLE; CommandFailure; what `work` throws
 */
export async function withDatabase(work: (core: Core, settings: Settings) => Promise<void>): Promise<void> {
  const settings = loadSettings(process.env);
  refuseMissingFile(settings.database);
  const core = await openDatabase(settings);
  const activity = new ActivityCounts();
  core.auditListeners.add(activity.onEvent);
  let revoked = false;
  core.revocationListeners.add(() => {
    revoked = true;
  });
  try {
    if (await core.database.pendingMigrations())
      throw new CommandFailure(`The database has not been migrated to this version: ${HOW}.`);
    await work(core, settings);
    if (revoked) await hintServers(settings);
  } finally {
    await saveLast(activity, core.activity);
    await core.close();
  }
}

/** They read the feed at once then, instead of within a third of a second. */
async function hintServers(settings: Settings): Promise<void> {
  const { redisUrl, port } = settings;
  if (redisUrl === undefined) return;
  // Loaded by the commands that need it alone.
  const { sendHint } = await import('../revocation/redis-hint.ts');
  await sendHint({ url: redisUrl, name: resolveAddresses(settings, port).issuer });
}

/** Opening creates the file: a command in the wrong folder would leave an empty database behind. */
function refuseMissingFile(database: DatabaseSettings): void {
  if (database.kind === 'sqlite' && !existsSync(database.path))
    throw new CommandFailure(`There is no database at ${database.path}: ${HOW}, or set DATABASE_URL.`);
}
