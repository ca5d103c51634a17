import { randomBytes } from 'node:crypto';
import { loadSettings, SettingsError } from '../../src/settings/load.ts';

const secret = randomBytes(32).toString('base64');
const production = {
  NODE_ENV: 'production',
  PORTCULLIS_SECRET: secret,
  ISSUER: 'https://auth.example.com',
};

function problemsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    loadSettings(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

/** Which variables the problems name, in order. */
function refused(env: NodeJS.ProcessEnv): readonly string[] {
  return problemsOf(env).map((problem) => problem.split(':')[0] ?? '');
}

describe('the settings', () => {
  it('start with no variable at all, as CONTRACT says', () => {
    expect(loadSettings({})).toEqual({
      mode: 'development',
      port: 4000,
      host: '127.0.0.1',
      database: { kind: 'sqlite', path: 'data/portcullis.sqlite' },
      redisUrl: undefined,
      secrets: [],
      issuer: undefined,
      audience: undefined,
      accessTokenTtl: 300_000,
      sessionIdleTtl: 7 * 86_400_000,
      sessionLifetime: 30 * 86_400_000,
      refreshGrace: 30_000,
      maxSessionsPerUser: undefined,
      sessionLimitPolicy: 'evict',
      sessionRetention: 30 * 86_400_000,
      auditRetention: 365 * 86_400_000,
      freshness: 'strict',
      maxStaleness: 2_000,
      registration: 'open',
      bootstrapAdmin: { email: 'admin@example.com', password: undefined },
      allowedOrigins: undefined,
      bodyOrigins: [],
      trustProxy: false,
      cookieSecure: 'auto',
      loginLimits: { account: 100, address: 20 },
      passwordMinLength: 12,
      introspection: true,
      logLevel: 'info',
    });
  });

  it('take every variable', () => {
    const settings = loadSettings({
      PORT: '0',
      HOST: '::1',
      DATABASE_URL: 'mysql://root@127.0.0.1/auth',
      REDIS_URL: 'rediss://me:pw@redis:6380/1',
      PORTCULLIS_SECRET: `${secret},${randomBytes(48).toString('base64url')}`,
      ISSUER: 'http://auth.example.com/eu',
      AUDIENCE: 'web, https://api.example.com/',
      ACCESS_TOKEN_TTL: '1h',
      SESSION_IDLE_TTL: '5s',
      SESSION_LIFETIME: '12h',
      REFRESH_GRACE: '0s',
      MAX_SESSIONS_PER_USER: '3',
      SESSION_LIMIT_POLICY: 'refuse',
      SESSION_RETENTION: '1h',
      AUDIT_RETENTION: '90d',
      FRESHNESS: 'bounded',
      MAX_STALENESS: '10s',
      REGISTRATION: 'closed',
      BOOTSTRAP_ADMIN_EMAIL: 'root@example.com',
      BOOTSTRAP_ADMIN_PASSWORD: 'sunlit-otter-parade',
      ALLOWED_ORIGINS: 'http://app.example.com:8080,http://example.com',
      TRUST_PROXY: '10.0.0.0/8, ::1',
      BODY_ORIGINS: 'capacitor://localhost',
      COOKIE_SECURE: 'true',
      LOGIN_THROTTLE: 'true',
      LOGIN_LIMIT_ACCOUNT: '30',
      LOGIN_LIMIT_ADDRESS: '500',
      PASSWORD_MIN_LENGTH: '15',
      INTROSPECTION: 'off',
      METRICS_PORT: '9464',
      LOG_LEVEL: 'debug',
      NODE_ENV: 'test',
    });
    expect(settings).toMatchObject({
      mode: 'test',
      port: 0,
      host: '::1',
      database: { kind: 'mysql', host: '127.0.0.1', name: 'auth' },
      redisUrl: 'rediss://me:pw@redis:6380/1',
      issuer: 'http://auth.example.com/eu',
      audience: ['web', 'https://api.example.com/'],
      accessTokenTtl: 3_600_000,
      sessionIdleTtl: 5_000,
      sessionLifetime: 43_200_000,
      refreshGrace: 0,
      maxSessionsPerUser: 3,
      sessionLimitPolicy: 'refuse',
      sessionRetention: 3_600_000,
      auditRetention: 90 * 86_400_000,
      freshness: 'bounded',
      maxStaleness: 10_000,
      registration: 'closed',
      bootstrapAdmin: { email: 'root@example.com', password: 'sunlit-otter-parade' },
      allowedOrigins: ['http://app.example.com:8080', 'http://example.com'],
      trustProxy: ['10.0.0.0/8', '::1'],
      bodyOrigins: ['capacitor://localhost'],
      cookieSecure: 'on',
      loginLimits: { account: 30, address: 500 },
      passwordMinLength: 15,
      introspection: false,
      metricsPort: 9464,
      logLevel: 'debug',
    });
    expect(settings.secrets.map((bytes) => bytes.length)).toEqual([32, 48]);
  });

  it('treat an empty variable as not set', () => {
    const empty = { PORT: '', NODE_ENV: '', PORTCULLIS_SECRET: '', REDIS_URL: '', ALLOWED_ORIGINS: '' };
    expect(loadSettings(empty)).toEqual(loadSettings({}));
  });

  it('report everything that is wrong at once, each line naming its variable', () => {
    const problems = problemsOf({
      PORT: '70000',
      ACCESS_TOKEN_TTL: '2h',
      TRUST_PROXY: 'loopback',
      REDIS_URL: 'x',
      METRICS_PORT: 'on',
    });
    expect(problems).toEqual([
      'PORT: must be a whole number from 0 to 65535; it is "70000"',
      expect.stringMatching(/^REDIS_URL: must be redis:/),
      expect.stringMatching(/^ACCESS_TOKEN_TTL: must be a duration from 1s to 1h.*"2h"$/),
      expect.stringMatching(/^TRUST_PROXY: must be false, the number of proxies/),
      'METRICS_PORT: must be a whole number from 0 to 65535; it is "on"',
    ]);
    expect(new SettingsError(problems).message).toContain(problems.join('\n  '));
  });

  it('refuse the port of the server as that of the metrics, unless each is a free one', () => {
    expect(problemsOf({ PORT: '4100', METRICS_PORT: '4100' })).toEqual([
      'METRICS_PORT: is PORT too (4100); metrics need a port of their own',
    ]);
    expect(refused({ METRICS_PORT: '4000' })).toEqual(['METRICS_PORT']);
    expect(refused({ METRICS_PORT: '70000' })).toEqual(['METRICS_PORT']);
    expect(loadSettings({ PORT: '0', METRICS_PORT: '0' }).metricsPort).toBe(0);
    expect(loadSettings({ METRICS_PORT: '9090' }).metricsPort).toBe(9090);
    expect(loadSettings({}).metricsPort).toBeUndefined();
  });

  it('refuse an audience that no token could carry', () => {
    const applications = (count: number) =>
      Array.from({ length: count }, (_, index) => `https://application-${index}.example.com`).join();
    expect(refused({ AUDIENCE: applications(200) })).toEqual(['AUDIENCE']);
    expect(refused({ AUDIENCE: '日'.repeat(600) })).toEqual(['AUDIENCE']);
    expect(refused({ AUDIENCE: applications(20) })).toEqual([]);
  });

  it.each(['staging', 'Production', 'constructor'])('refuse NODE_ENV=%s', (mode) => {
    expect(refused({ NODE_ENV: mode })).toEqual(['NODE_ENV']);
  });

  it('H2 never repeat a secret or a password in a problem', () => {
    const message = problemsOf({
      PORTCULLIS_SECRET: 'hunter-two-is-short',
      DATABASE_URL: 'mysql://me:hunter-two@host',
      REDIS_URL: 'redis://me:hunter-two@redis:6379/x',
      BOOTSTRAP_ADMIN_PASSWORD: 'hunter-two',
    }).join();
    expect(message).toMatch(/DATABASE_URL.*REDIS_URL.*PORTCULLIS_SECRET.*BOOTSTRAP_ADMIN_PASSWORD/s);
    expect(message).not.toContain('hunter');
  });

  it('need a secret with MySQL', () => {
    const DATABASE_URL = 'mysql://root@127.0.0.1/auth';
    expect(problemsOf({ DATABASE_URL })).toEqual([
      expect.stringMatching(/^PORTCULLIS_SECRET: required with MySQL/),
    ]);
    expect(problemsOf({ DATABASE_URL, PORTCULLIS_SECRET: secret })).toEqual([]);
  });

  it('take only origins that are same-site with ISSUER', () => {
    const ISSUER = 'https://auth.example.com';
    expect(refused({ ISSUER, ALLOWED_ORIGINS: 'https://example.com,https://a.b.example.com:8443' })).toEqual(
      [],
    );
    expect(refused({ ISSUER, ALLOWED_ORIGINS: 'https://example.org' })).toEqual(['ALLOWED_ORIGINS']);
    expect(refused({ ISSUER, ALLOWED_ORIGINS: 'http://app.example.com' })).toEqual(['ALLOWED_ORIGINS']);
  });

  it('give an origin the cookie or the body, not both', () => {
    const both = { ALLOWED_ORIGINS: 'https://a.example.com', BODY_ORIGINS: 'https://a.example.com' };
    expect(refused(both)).toEqual(['BODY_ORIGINS']);
    expect(refused({ BODY_ORIGINS: 'http://127.0.0.1:4000' })).toEqual(['BODY_ORIGINS']);
    expect(refused({ BODY_ORIGINS: 'http://127.0.0.1:4001' })).toEqual([]);
  });

  it("hold the first admin's password to PASSWORD_MIN_LENGTH, counted in characters", () => {
    expect(refused({ BOOTSTRAP_ADMIN_PASSWORD: '🔑'.repeat(11) })).toEqual(['BOOTSTRAP_ADMIN_PASSWORD']);
    expect(refused({ BOOTSTRAP_ADMIN_PASSWORD: '🔑'.repeat(12) })).toEqual([]);
  });
});

describe('in production', () => {
  it('a safe environment starts, closed where development is open', () => {
    const settings = loadSettings(production);
    expect(settings).toMatchObject({
      registration: 'closed',
      introspection: false,
      bootstrapAdmin: undefined,
    });
    expect(loadSettings({ ...production, REGISTRATION: 'open', INTROSPECTION: 'on' })).toMatchObject({
      registration: 'open',
      introspection: true,
    });
  });

  it('H4 every insecure setting is refused in one message', () => {
    const insecure = {
      NODE_ENV: 'production',
      COOKIE_SECURE: 'off',
      LOGIN_THROTTLE: 'off',
      ALLOWED_ORIGINS: '*',
      BODY_ORIGINS: 'http://localhost',
      TRUST_PROXY: '0.0.0.0/0',
      BOOTSTRAP_ADMIN_EMAIL: 'root@example.com',
    };
    expect([...refused(insecure)].sort()).toEqual([
      'ALLOWED_ORIGINS',
      'BODY_ORIGINS',
      'BOOTSTRAP_ADMIN_PASSWORD',
      'COOKIE_SECURE',
      'ISSUER',
      'LOGIN_THROTTLE',
      'PORTCULLIS_SECRET',
      'TRUST_PROXY',
    ]);
  });

  it.each([
    ['PORTCULLIS_SECRET', { PORTCULLIS_SECRET: randomBytes(31).toString('base64') }],
    ['PORTCULLIS_SECRET', { PORTCULLIS_SECRET: 'changeme'.repeat(8) }],
    ['PORTCULLIS_SECRET', { PORTCULLIS_SECRET: undefined }],
    ['ISSUER', { ISSUER: 'http://auth.example.com' }],
    ['ISSUER', { ISSUER: undefined }],
    ['COOKIE_SECURE', { COOKIE_SECURE: 'false' }],
    ['LOGIN_THROTTLE', { LOGIN_THROTTLE: 'off' }],
    ['LOGIN_LIMIT_ACCOUNT', { LOGIN_LIMIT_ACCOUNT: '0' }],
    ['LOGIN_LIMIT_ADDRESS', { LOGIN_LIMIT_ADDRESS: '-1' }],
    ['ALLOWED_ORIGINS', { ALLOWED_ORIGINS: '*' }],
    ['ALLOWED_ORIGINS', { ALLOWED_ORIGINS: 'https://*.example.com' }],
    ['BODY_ORIGINS', { BODY_ORIGINS: 'http://app.example.com' }],
    ['TRUST_PROXY', { TRUST_PROXY: 'true' }],
    ['TRUST_PROXY', { TRUST_PROXY: '*' }],
    ['TRUST_PROXY', { TRUST_PROXY: '0.0.0.0/0' }],
    ['TRUST_PROXY', { TRUST_PROXY: '0.0.0.0/1,128.0.0.0/1' }],
    ['TRUST_PROXY', { TRUST_PROXY: '10.0.0.0/8,::/0' }],
    ['TRUST_PROXY', { TRUST_PROXY: '1000000' }],
    ['BOOTSTRAP_ADMIN_EMAIL', { BOOTSTRAP_ADMIN_PASSWORD: 'sunlit-otter-parade' }],
    ['BOOTSTRAP_ADMIN_PASSWORD', { BOOTSTRAP_ADMIN_EMAIL: 'root@example.com' }],
  ])('H4 %s is refused: %j', (name, change) => {
    expect(refused(production)).toEqual([]);
    expect(refused({ ...production, ...change })).toEqual([name]);
  });

  it.each([
    ['REDIS_URL', { REDIS_URL: 'redis://127.0.0.1:6379' }],
    ['FRESHNESS', { FRESHNESS: 'bounded' }],
  ])('H4 %s, which is for several instances, is refused with SQLite', (name, change) => {
    expect(refused({ ...production, ...change, DATABASE_URL: 'sqlite:data/auth.sqlite' })).toEqual([name]);
    expect(refused({ ...production, ...change, DATABASE_URL: 'mysql://me@db/auth' })).toEqual([]);
    expect(refused(change)).toEqual([]);
  });

  it('H4 a plain http origin is refused, whatever ISSUER is', () => {
    expect(refused({ ...production, ALLOWED_ORIGINS: 'http://app.example.com' })).toContain(
      'ALLOWED_ORIGINS',
    );
  });

  it('the first admin is made only when e-mail and password are given', () => {
    const admin = {
      BOOTSTRAP_ADMIN_EMAIL: 'root@example.com',
      BOOTSTRAP_ADMIN_PASSWORD: 'sunlit-otter-parade',
    };
    expect(loadSettings({ ...production, ...admin }).bootstrapAdmin).toEqual({
      email: 'root@example.com',
      password: 'sunlit-otter-parade',
    });
  });
});
