import type { TrustedProxies } from './parse-proxies.ts';

/** Every setting, parsed and validated. Durations are milliseconds unless their name says otherwise. */
export interface Settings {
  readonly mode: 'development' | 'production' | 'test';
  readonly port: number;
  readonly host: string;
  readonly database: DatabaseSettings;
  readonly redisUrl: string | undefined;
  /**
   * At least 32 bytes each; the first one issues, all verify. Empty only between `loadSettings` and
   * `resolveSecrets`, on SQLite in development.
   */
  readonly secrets: readonly Uint8Array[];
  /** Undefined: `http://localhost:PORT`, known once the port is bound. */
  readonly issuer: string | undefined;
  /** Undefined: the issuer. */
  readonly audience: readonly string[] | undefined;
  readonly accessTokenTtl: number;
  readonly sessionIdleTtl: number;
  readonly sessionLifetime: number;
  readonly refreshGrace: number;
  readonly maxSessionsPerUser: number | undefined;
  readonly sessionLimitPolicy: 'evict' | 'refuse';
  readonly sessionRetention: number;
  readonly auditRetention: number;
  readonly freshness: 'strict' | 'bounded';
  readonly maxStaleness: number;
  readonly registration: 'open' | 'closed';
  readonly bootstrapAdmin: { readonly email: string; readonly password: string | undefined } | undefined;
  /** Undefined: the issuer's origin, in development the loopback spellings of the port as well. */
  readonly allowedOrigins: readonly string[] | undefined;
  readonly bodyOrigins: readonly string[];
  readonly trustProxy: TrustedProxies;
  readonly cookieSecure: 'on' | 'off' | 'auto';
  /** Undefined: failed logins are not counted. */
  readonly loginLimits: { readonly account: number; readonly address: number } | undefined;
  readonly passwordMinLength: number;
  readonly introspection: boolean;
  /** Undefined: metrics have no port of their own. */
  readonly metricsPort: number | undefined;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
}

export type DatabaseSettings =
  | { readonly kind: 'sqlite'; readonly path: string }
  | {
      readonly kind: 'mysql';
      readonly host: string;
      readonly port: number;
      readonly user: string;
      readonly password: string;
      readonly name: string;
    };
