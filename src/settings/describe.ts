import { isSet } from './load.ts';
import { resolveAddresses } from './resolve.ts';
import type { Settings } from './settings.ts';
import { defaultText, SETTING_NAMES, SETTINGS_TABLE, type SettingName, type SettingRow } from './table.ts';

/** One line of `portcullis config print`. */
export interface SettingDescription {
  readonly name: SettingName;
  /** As an operator would write it, without secrets; for a default that derives from others, what it comes to. */
  readonly value: string;
  readonly isDefault: boolean;
}

/**
 * @param settings what `loadSettings(env)` made of
 * @param env the same environment
 */
export function describeSettings(settings: Settings, env: NodeJS.ProcessEnv): readonly SettingDescription[] {
  const derived = derivedDefaults(settings);
  return SETTING_NAMES.map((name) => {
    const row: SettingRow = SETTINGS_TABLE[name];
    const given = isSet(env, name) ? env[name] : undefined;
    if (given !== undefined) return { name, value: row.redact?.(given) ?? given, isDefault: false };
    return { name, value: derived[name] ?? defaultText(row, settings.mode) ?? '(none)', isDefault: true };
  });
}

function derivedDefaults(settings: Settings): Partial<Record<SettingName, string>> {
  const addresses = resolveAddresses(settings, settings.port);
  return {
    PORTCULLIS_SECRET: '(generated beside the database file)',
    ISSUER: addresses.issuer,
    AUDIENCE: addresses.audience.join(','),
    ALLOWED_ORIGINS: addresses.allowedOrigins.join(','),
    ...(settings.bootstrapAdmin && {
      BOOTSTRAP_ADMIN_EMAIL: settings.bootstrapAdmin.email,
      BOOTSTRAP_ADMIN_PASSWORD: '(generated)',
    }),
  };
}

/** The settings table of the README. */
export function settingsMarkdown(): string {
  const rows = SETTING_NAMES.map((name) => {
    const row: SettingRow = SETTINGS_TABLE[name];
    return `| \`${name}\` | ${defaultMarkdown(row)} | ${row.doc} |`;
  });
  return ['| variable | default | |', '|---|---|---|', ...rows, ''].join('\n');
}

function defaultMarkdown(row: SettingRow): string {
  if (!('default' in row)) return row.absent;
  if (typeof row.default === 'string') return `\`${row.default}\``;
  return `\`${row.default.development}\` in development, \`${row.default.production}\` in production`;
}
