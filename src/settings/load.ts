import { conflicts } from './conflicts.ts';
import type { Settings } from './settings.ts';
import {
  defaultText,
  SETTING_NAMES,
  SETTINGS_TABLE,
  type SettingName,
  type SettingRow,
  type SettingValues,
} from './table.ts';
import { UnusableValue } from './unusable-value.ts';

/** The environment cannot be started with; every reason at once, each line beginning with its variable's name. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(readonly problems: readonly string[]) {
    super(`The settings cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/**
 * A rule of a higher folder about settings, so that its reasons stand in the same message.
 *
 * @param values what could be read
 * @returns lines that begin with their variable's name
 */
export type SettingsRule = (values: Partial<SettingValues>) => readonly string[];

/** What an environment comes to. */
export interface Reading {
  /** What could be read; a setting that could not is missing. */
  readonly values: Partial<SettingValues>;
  /** Every reason why a start refuses it, each line beginning with its variable's name. */
  readonly problems: readonly string[];
  /** Undefined where there are problems. */
  readonly settings: Settings | undefined;
}

/**
 * Reads and validates every setting. Pure: it touches no file, so `secrets` may still be empty on SQLite in
 * development (see `resolveSecrets`), and addresses that depend on the bound port are undefined (see
 * `resolveAddresses`). An empty variable counts as not set.
 * @throws SettingsError
 */
export function loadSettings(env: NodeJS.ProcessEnv, rule?: SettingsRule): Settings {
  const { settings, problems } = readSettings(env, rule);
  if (settings === undefined) throw new SettingsError(problems);
  return settings;
}

/** The same for those who want to know what is wrong rather than to start. */
export function readSettings(env: NodeJS.ProcessEnv, rule: SettingsRule = () => []): Reading {
  const { values, problems: unfit } = readValues(env);
  const clashes = conflicts(values, (name) => isSet(env, name));
  const problems = [...unfit, ...clashes, ...rule(values)];
  const usable = problems.length === 0 && isComplete(values);
  return { values, problems, settings: usable ? toSettings(values) : undefined };
}

/** An empty variable is how compose files and shells write "not set". */
export function isSet(env: NodeJS.ProcessEnv, name: string): boolean {
  return (env[name] ?? '') !== '';
}

function readValues(env: NodeJS.ProcessEnv): Pick<Reading, 'values' | 'problems'> {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const name of SETTING_NAMES) {
    try {
      values[name] = readValue(SETTINGS_TABLE[name], name, env);
    } catch (error) {
      if (!(error instanceof UnusableValue)) throw error;
      problems.push(problemLine(name, error, env[name]));
    }
  }
  // The table's own row parsed each value, which is what SettingValues says.
  return { values: values as Partial<SettingValues>, problems };
}

function readValue(row: SettingRow, name: SettingName, env: NodeJS.ProcessEnv): unknown {
  const text = isSet(env, name) ? env[name] : defaultText(row, env['NODE_ENV'] ?? '');
  return text === undefined ? undefined : row.parse(text);
}

function problemLine(name: SettingName, error: UnusableValue, text = ''): string {
  const row: SettingRow = SETTINGS_TABLE[name];
  return row.redact
    ? `${name}: ${error.message}`
    : `${name}: ${error.message}; it is ${JSON.stringify(text)}`;
}

function isComplete(values: Partial<SettingValues>): values is SettingValues {
  return SETTING_NAMES.every((name) => name in values);
}

function toSettings(values: SettingValues): Settings {
  return {
    mode: values.NODE_ENV,
    port: values.PORT,
    host: values.HOST,
    database: values.DATABASE_URL,
    redisUrl: values.REDIS_URL,
    secrets: values.PORTCULLIS_SECRET ?? [],
    issuer: values.ISSUER,
    audience: values.AUDIENCE,
    accessTokenTtl: values.ACCESS_TOKEN_TTL,
    sessionIdleTtl: values.SESSION_IDLE_TTL,
    sessionLifetime: values.SESSION_LIFETIME,
    refreshGrace: values.REFRESH_GRACE,
    maxSessionsPerUser: values.MAX_SESSIONS_PER_USER,
    sessionLimitPolicy: values.SESSION_LIMIT_POLICY,
    sessionRetention: values.SESSION_RETENTION,
    auditRetention: values.AUDIT_RETENTION,
    freshness: values.FRESHNESS,
    maxStaleness: values.MAX_STALENESS,
    registration: values.REGISTRATION,
    bootstrapAdmin: bootstrapAdmin(values),
    allowedOrigins: values.ALLOWED_ORIGINS,
    bodyOrigins: values.BODY_ORIGINS ?? [],
    trustProxy: values.TRUST_PROXY,
    cookieSecure: values.COOKIE_SECURE,
    loginLimits: loginLimits(values),
    passwordMinLength: values.PASSWORD_MIN_LENGTH,
    introspection: values.INTROSPECTION,
    metricsPort: values.METRICS_PORT,
    logLevel: values.LOG_LEVEL,
  };
}

function loginLimits(values: SettingValues): Settings['loginLimits'] {
  if (!values.LOGIN_THROTTLE) return undefined;
  return { account: values.LOGIN_LIMIT_ACCOUNT, address: values.LOGIN_LIMIT_ADDRESS };
}

/** The first admin where none is named. */
export const DEFAULT_ADMIN_EMAIL = 'admin@example.com';

/** In production there is no admin whom nobody named (ASVS V6.3.2: no default accounts). */
function bootstrapAdmin(values: SettingValues): Settings['bootstrapAdmin'] {
  const email = values.BOOTSTRAP_ADMIN_EMAIL;
  const password = values.BOOTSTRAP_ADMIN_PASSWORD;
  if (values.NODE_ENV === 'production' && (email === undefined || password === undefined)) return undefined;
  return { email: email ?? DEFAULT_ADMIN_EMAIL, password };
}
