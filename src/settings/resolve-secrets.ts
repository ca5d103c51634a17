import { readOrCreateSecret } from './secret-file.ts';
import type { Settings } from './settings.ts';

/**
 * The settings with at least one secret: PORTCULLIS_SECRET, or the one generated beside the SQLite database.
 * `loadSettings` has refused every other case already.
 * @throws Error when the secret file is damaged or cannot be written
 */
export function resolveSecrets(settings: Settings): Settings {
  if (settings.secrets.length > 0 || settings.database.kind !== 'sqlite') return settings;
  return { ...settings, secrets: [readOrCreateSecret(settings.database.path)] };
}
