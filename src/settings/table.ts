import { databaseUrl, withoutPassword } from './parse-database-url.ts';
import { duration } from './parse-duration.ts';
import { issuerUrl, webOrigin, webViewOrigin } from './parse-origin.ts';
import { proxies } from './parse-proxies.ts';
import { redisUrl } from './parse-redis-url.ts';
import { secrets } from './parse-secrets.ts';
import {
  anyText,
  audienceName,
  emailAddress,
  integer,
  list,
  listenAddress,
  oneOf,
  switchOrAuto,
  switchPosition,
} from './parse-words.ts';

interface Row<Value> {
  /** One line for the settings table, in Markdown. */
  readonly doc: string;
  /** @throws UnusableValue */
  readonly parse: (text: string) => Value;
  /** For a value that may hold a secret: what of it may be shown. */
  readonly redact?: (text: string) => string;
}

/** A variable with a default, written as an operator would write it; `test` has development's. */
interface DefaultedRow<Value> extends Row<Value> {
  readonly default: string | { readonly development: string; readonly production: string };
}

/** A variable that may be missing. */
interface OptionalRow<Value> extends Row<Value> {
  /** What then holds, in Markdown. */
  readonly absent: string;
}

export type SettingRow = DefaultedRow<unknown> | OptionalRow<unknown>;

function defaulted<Value>(row: DefaultedRow<Value>): DefaultedRow<Value> {
  return row;
}

function optional<Value>(row: OptionalRow<Value>): OptionalRow<Value> {
  return row;
}

/**
 * Every environment variable that the server reads, in the order of the documentation. The loader,
 * `portcullis config print` and the README's table all derive from it.
 */
export const SETTINGS_TABLE = {
  PORT: defaulted({ default: '4000', doc: '`0` picks a free port', parse: integer(0, 65_535) }),
  HOST: defaulted({
    default: '127.0.0.1',
    doc: 'the address to listen on; `0.0.0.0` or `::` for every interface',
    parse: listenAddress,
  }),
  DATABASE_URL: defaulted({
    default: 'sqlite:data/portcullis.sqlite',
    doc: 'a SQLite file, relative or absolute (folders are made), or `mysql://user:password@host:3306/name` (MySQL 8, MariaDB 10.6+); write special characters of user and password as `%XX`',
    parse: databaseUrl,
    redact: withoutPassword,
  }),
  REDIS_URL: optional({
    absent: 'none',
    doc: '`redis://user:password@host:6379`, or `rediss://` for TLS; Redis or Valkey. A hint that makes revocations reach other instances at once, never the truth',
    parse: redisUrl,
    redact: withoutPassword,
  }),
  PORTCULLIS_SECRET: optional({
    absent: 'SQLite in development: generated beside the database file',
    doc: 'at least 32 random bytes in base64 (`openssl rand -base64 32`); a list while it is being changed: the first one issues, all verify. Encrypts keys at rest and authenticates refresh tokens. Required with MySQL and in production',
    parse: secrets,
    redact: () => '(hidden)',
  }),
  ISSUER: optional({
    absent: '`http://localhost:PORT`',
    doc: 'the URL under which clients reach this server, the `iss` of its tokens; the same on all instances; required in production, and https there',
    parse: issuerUrl,
  }),
  AUDIENCE: optional({
    absent: 'the issuer',
    doc: 'the `aud` of access tokens; a comma-separated list for several applications',
    parse: list(audienceName),
  }),
  ACCESS_TOKEN_TTL: defaulted({
    default: '5m',
    doc: 'life of an access token, at most `1h`',
    parse: duration('1s', '1h'),
  }),
  SESSION_IDLE_TTL: defaulted({
    default: '7d',
    doc: 'inactivity timeout of a session; moves when it is refreshed',
    parse: duration('1s', '3650d'),
  }),
  SESSION_LIFETIME: defaulted({
    default: '30d',
    doc: 'absolute lifetime of a session; never moves',
    parse: duration('1s', '3650d'),
  }),
  REFRESH_GRACE: defaulted({
    default: '30s',
    doc: 'how long an exchanged refresh token still gets the same successor (two tabs, a lost response): `0s` to `60s`',
    parse: duration('0s', '60s'),
  }),
  MAX_SESSIONS_PER_USER: optional({
    absent: 'no limit',
    doc: 'live sessions a user may have at once; concurrent logins never exceed it; `1`: a login ends the session before it',
    parse: integer(1, 10_000),
  }),
  SESSION_LIMIT_POLICY: defaulted({
    default: 'evict',
    doc: 'what the login does that would exceed it: `evict` ends the least recently used session, `refuse` is SESSION_LIMIT',
    parse: oneOf('evict', 'refuse'),
  }),
  SESSION_RETENTION: defaulted({
    default: '30d',
    doc: 'how long an ended session is kept with its reason, so that its client and support can learn why it ended',
    parse: duration('1s', '3650d'),
  }),
  AUDIT_RETENTION: defaulted({
    default: '365d',
    doc: 'how long the security log is kept',
    parse: duration('1s', '3650d'),
  }),
  FRESHNESS: defaulted({
    default: 'strict',
    doc: '`strict`: the database confirms every protected request. `bounded`: queries that ask for no role and no `maxAge` are confirmed by what this instance knows to be revoked; mutations stay strict',
    parse: oneOf('strict', 'bounded'),
  }),
  MAX_STALENESS: defaulted({
    default: '2s',
    doc: 'with `FRESHNESS=bounded`: an instance that cannot prove that it knows all that was revoked so long ago asks the database instead: `1s` to `60s`',
    parse: duration('1s', '60s'),
  }),
  REGISTRATION: defaulted({
    default: { development: 'open', production: 'closed' },
    doc: 'whether strangers may `register`: `open` or `closed`',
    parse: oneOf('open', 'closed'),
  }),
  BOOTSTRAP_ADMIN_EMAIL: optional({
    absent: '`admin@example.com` in development',
    doc: 'e-mail of the first admin, made only when there is no user yet; in production only when the password is given too',
    parse: emailAddress,
  }),
  BOOTSTRAP_ADMIN_PASSWORD: optional({
    absent: 'generated in development',
    doc: 'password of the first admin',
    parse: anyText,
    redact: () => '(hidden)',
  }),
  ALLOWED_ORIGINS: optional({
    absent: 'the origin of ISSUER; in development also the loopback spellings of the port',
    doc: 'exact origins, comma-separated, whose pages may use the refresh cookie; same-site with ISSUER, because the cookie is SameSite=Strict',
    parse: list(webOrigin),
  }),
  TRUST_PROXY: defaulted({
    default: 'false',
    doc: 'whose `X-Forwarded-For` is believed: `false`, the number of proxies in front, or a list of their addresses or networks',
    parse: proxies,
  }),
  BODY_ORIGINS: optional({
    absent: 'none',
    doc: 'exact origins of native web views (`capacitor://localhost`) that get the refresh token in the body, and never the cookie',
    parse: list(webViewOrigin),
  }),
  COOKIE_SECURE: defaulted({
    default: 'auto',
    doc: '`on`, `off` (refused in production) or `auto`: on when ISSUER is https',
    parse: switchOrAuto,
  }),
  LOGIN_THROTTLE: defaulted({
    default: 'on',
    doc: 'whether failed logins are counted and slowed down; `off` is refused in production',
    parse: switchPosition,
  }),
  LOGIN_LIMIT_ACCOUNT: defaulted({
    default: '100',
    doc: 'failed logins an account and day, from strangers and from each known device; the first five cost no pause, then each one doubles it, from 1 second to 15 minutes',
    parse: integer(1, 1_000_000),
  }),
  LOGIN_LIMIT_ADDRESS: defaulted({
    default: '20',
    doc: 'failed logins an address (IPv4, or IPv6 /64) and five minutes; raise it where many users share an address',
    parse: integer(1, 1_000_000),
  }),
  PASSWORD_MIN_LENGTH: defaulted({
    default: '12',
    doc: 'characters that a new password has at least, `8` to `64`',
    // ASVS V6.2.1: eight at least; V6.2.9: passwords of 64 characters are always possible.
    parse: integer(8, 64),
  }),
  INTROSPECTION: defaulted({
    default: { development: 'on', production: 'off' },
    doc: 'introspection, field suggestions and the GraphiQL page',
    parse: switchPosition,
  }),
  METRICS_PORT: optional({
    absent: 'none; in development `/metrics` of PORT answers the loopback',
    doc: 'a port of its own on HOST for [metrics](docs/metrics.md), `0` to pick a free one; whoever reaches it reads them, so keep it inside',
    parse: integer(0, 65_535),
  }),
  LOG_LEVEL: defaulted({
    default: 'info',
    doc: '`fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`',
    parse: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
  }),
  NODE_ENV: defaulted({
    default: 'development',
    doc: '`development`, `test` (the same) or `production`, where an insecure setting stops the start',
    parse: oneOf('development', 'production', 'test'),
  }),
};

export type SettingName = keyof typeof SETTINGS_TABLE;

/** The parsed value of every variable. */
export type SettingValues = { readonly [Name in SettingName]: ValueOf<(typeof SETTINGS_TABLE)[Name]> };
type ValueOf<R> =
  R extends DefaultedRow<infer V> ? V : R extends OptionalRow<infer V> ? V | undefined : never;

export const SETTING_NAMES = Object.keys(SETTINGS_TABLE) as readonly SettingName[];

/** What holds when the variable is not set; undefined where nothing does or another setting decides. */
export function defaultText(row: SettingRow, mode: string): string | undefined {
  if (!('default' in row)) return undefined;
  if (typeof row.default === 'string') return row.default;
  return mode === 'production' ? row.default.production : row.default.development;
}
