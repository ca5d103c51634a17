import { randomBytes } from 'node:crypto';
import { guessableAdmin } from '../../src/accounts/first-admin.ts';
import { checkCookie } from '../../src/cli/doctor/check-cookie.ts';
import { checkDurations } from '../../src/cli/doctor/check-durations.ts';
import { checkProxy } from '../../src/cli/doctor/check-proxy.ts';
import { checkSettings } from '../../src/cli/doctor/check-settings.ts';
import type { Finding } from '../../src/cli/doctor/finding.ts';
import { loadSettings, readSettings } from '../../src/settings/load.ts';
import { resolveAddresses } from '../../src/settings/resolve.ts';
import { complaints, doctor } from '../support/doctor.ts';
import { withProcesses } from '../support/processes.ts';

const SAFE = {
  NODE_ENV: 'production',
  PORTCULLIS_SECRET: randomBytes(32).toString('base64'),
  ISSUER: 'https://auth.example.com',
  TRUST_PROXY: '10.0.0.0/8',
};

const settingsFindings = (env: NodeJS.ProcessEnv) => checkSettings(env, readSettings(env, guessableAdmin));

/** What the checks say that look at usable settings. */
function findings(env: NodeJS.ProcessEnv): Finding[] {
  const settings = loadSettings(env);
  const addresses = resolveAddresses(settings, settings.port);
  return [
    ...settingsFindings(env),
    ...checkCookie(settings, addresses),
    ...checkProxy(settings, addresses),
    ...checkDurations(settings),
  ];
}

it('safe settings for production have nothing to complain of: the control', () => {
  expect(complaints(findings(SAFE))).toEqual([]);
});

describe('doctor and settings that cannot be used', () => {
  withProcesses();

  it('tells all of them at once, and goes on', async () => {
    const {
      status,
      findings: found,
      stderr,
    } = await doctor({ PORT: 'http', NODE_ENV: 'prod', REDIS_URL: 'x' });
    expect(complaints(found)).toEqual(
      expect.arrayContaining(['problem PORT', 'problem NODE_ENV', 'problem REDIS_URL', 'warning ISSUER']),
    );
    expect(found.some(({ subject }) => subject === 'database')).toBe(true);
    expect([status, stderr]).toEqual([1, 'portcullis: 3 problems found.\n']);
  });
});

describe('H4 what would stop a start in production', () => {
  const INSECURE: [name: string, env: NodeJS.ProcessEnv][] = [
    ['PORTCULLIS_SECRET', { PORTCULLIS_SECRET: undefined }],
    ['ISSUER', { ISSUER: undefined }],
    ['ISSUER', { ISSUER: 'http://auth.example.com' }],
    ['COOKIE_SECURE', { COOKIE_SECURE: 'off' }],
    ['TRUST_PROXY', { TRUST_PROXY: 'true' }],
    ['BODY_ORIGINS', { BODY_ORIGINS: 'http://localhost' }],
    [
      'BOOTSTRAP_ADMIN_PASSWORD',
      { BOOTSTRAP_ADMIN_EMAIL: 'root@example.com', BOOTSTRAP_ADMIN_PASSWORD: 'password12345' },
    ],
  ];

  it.each(INSECURE)('is a warning in development and a problem in production: %s', (name, change) => {
    const development = settingsFindings({ ...SAFE, ...change, NODE_ENV: 'development' });
    expect(complaints(development)).toEqual([`warning ${name}`]);
    expect(development.find(({ level }) => level === 'warning')?.what).toMatch(
      /^would stop a start in production: /,
    );
    expect(complaints(settingsFindings({ ...SAFE, ...change }))).toEqual([`problem ${name}`]);
  });

  it('is nothing in development either, where production could start: the control', () => {
    expect(complaints(settingsFindings({ ...SAFE, NODE_ENV: 'development' }))).toEqual([]);
  });
});

describe('doctor and settings that are usable and not good', () => {
  const LOCAL = { ...SAFE, NODE_ENV: 'development', ISSUER: 'http://localhost:4000', TRUST_PROXY: 'false' };
  const development = { ...SAFE, NODE_ENV: 'development' };

  it.each<[string, NodeJS.ProcessEnv, string[]]>([
    ['the schema is open', { ...SAFE, INTROSPECTION: 'on' }, ['INTROSPECTION']],
    ['the grace is too short for two tabs', { ...SAFE, REFRESH_GRACE: '3s' }, ['REFRESH_GRACE']],
    ['the grace is long enough: the control', { ...SAFE, REFRESH_GRACE: '4s' }, []],
    [
      'a session ends inside its window',
      { ...SAFE, SESSION_IDLE_TTL: '30s', ACCESS_TOKEN_TTL: '10s' },
      ['SESSION_IDLE_TTL'],
    ],
    ['the token outlives the session', { ...SAFE, SESSION_IDLE_TTL: '5m' }, ['ACCESS_TOKEN_TTL']],
    ['the lifetime is the shorter one', { ...SAFE, SESSION_LIFETIME: '6d' }, ['SESSION_IDLE_TTL']],
    ['ended sessions are forgotten soon', { ...SAFE, SESSION_RETENTION: '29d' }, ['SESSION_RETENTION']],
    ['so is the security log', { ...SAFE, AUDIT_RETENTION: '1d' }, ['AUDIT_RETENTION']],
    ['a proxy must be there and is not believed', { ...SAFE, TRUST_PROXY: 'false' }, ['TRUST_PROXY']],
    [
      'whoever goes around the proxy is believed',
      { ...SAFE, TRUST_PROXY: '1', HOST: '0.0.0.0' },
      ['TRUST_PROXY'],
    ],
    ['nobody can go around it: the control', { ...SAFE, TRUST_PROXY: '1', HOST: '127.0.0.1' }, []],
    ['a list is believed on every interface: the control', { ...SAFE, HOST: '::' }, []],
    ['everybody is believed', { ...development, TRUST_PROXY: '*' }, ['TRUST_PROXY', 'TRUST_PROXY']],
    [
      'the cookie goes by http too',
      { ...development, COOKIE_SECURE: 'off' },
      ['COOKIE_SECURE', 'COOKIE_SECURE'],
    ],
    ['all is local: the control', LOCAL, ['ISSUER']],
    ['Safari keeps no such cookie', { ...LOCAL, COOKIE_SECURE: 'on' }, ['ISSUER', 'COOKIE_SECURE']],
    ['the way is in the clear', { ...LOCAL, ISSUER: 'http://auth.example.com' }, ['ISSUER', 'ISSUER']],
  ])('warns where %s', (_, env, subjects) => {
    const expected = subjects.map((subject) => `warning ${subject}`);
    expect(complaints(findings(env))).toEqual(expected);
  });

  it('knows that no browser keeps the cookie', () => {
    const env = { ...LOCAL, ISSUER: 'http://auth.example.com', COOKIE_SECURE: 'on' };
    expect(complaints(findings(env))).toContain('problem COOKIE_SECURE');
  });
});
