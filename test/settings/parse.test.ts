import { databaseUrl, withoutPassword } from '../../src/settings/parse-database-url.ts';
import { duration } from '../../src/settings/parse-duration.ts';
import { issuerUrl, webOrigin, webViewOrigin } from '../../src/settings/parse-origin.ts';
import { proxies } from '../../src/settings/parse-proxies.ts';
import { redisUrl } from '../../src/settings/parse-redis-url.ts';
import { secrets } from '../../src/settings/parse-secrets.ts';
import {
  audienceName,
  emailAddress,
  integer,
  list,
  listenAddress,
  oneOf,
  switchOrAuto,
  switchPosition,
} from '../../src/settings/parse-words.ts';
import { UnusableValue } from '../../src/settings/unusable-value.ts';

/** The same test for each parser: what it makes of good texts, and which texts it refuses. */
function parses<T>(
  name: string,
  parse: (text: string) => T,
  good: Readonly<Record<string, T>>,
  bad: readonly string[],
): void {
  describe(name, () => {
    it.each(Object.entries(good))('takes %j', (text, value) => {
      expect(parse(text)).toEqual(value);
    });
    it.each(bad)('refuses %j', (text) => {
      expect(() => parse(text)).toThrow(UnusableValue);
    });
  });
}

parses(
  'a duration',
  duration('1s', '12h'),
  { '1s': 1_000, '30s': 30_000, '5m': 300_000, '12h': 43_200_000 },
  ['0s', '13h', '1d', '30', 's', '-1s', '1.5m', '1 s', '5M', '1e3s', '5ms', '9999999999s', ''],
);
parses('a duration from nothing', duration('0s', '60s'), { '0s': 0, '1m': 60_000 }, ['61s', '2m']);
parses('a whole number', integer(0, 65_535), { '0': 0, '4000': 4000, '65535': 65_535 }, [
  '-1',
  '65536',
  '4000.5',
  '0x10',
  '1e3',
  ' 1',
  'NaN',
  '',
]);
parses('a word', oneOf('open', 'closed'), { open: 'open' }, ['OPEN', 'open ', '', 'constructor']);
parses('a switch', switchPosition, { on: true, true: true, off: false, false: false }, [
  'yes',
  '1',
  'ON',
  'constructor',
  'toString',
]);
parses('a switch with auto', switchOrAuto, { auto: 'auto', on: 'on', true: 'on', off: 'off', false: 'off' }, [
  'no',
]);
parses('a list', list(audienceName), { a: ['a'], 'a, b ,a': ['a', 'b'] }, ['a,', ',', 'a b', 'a\tb']);
parses('a listen address', listenAddress, { '0.0.0.0': '0.0.0.0', '::': '::', localhost: 'localhost' }, [
  '[::1]',
  'localhost:4000',
  'http://localhost',
  'a b',
  '-a',
  'a..b',
]);
parses('an e-mail address', emailAddress, { 'a@b': 'a@b' }, ['a', 'a@b@c', 'a b@c', `${'a'.repeat(254)}@b`]);

parses(
  'a web origin',
  webOrigin,
  {
    'https://app.example.com': 'https://app.example.com',
    'http://localhost:3000': 'http://localhost:3000',
    'http://[::1]:3000': 'http://[::1]:3000',
    'https://xn--bcher-kva.example': 'https://xn--bcher-kva.example',
  },
  [
    '*',
    'null',
    'app.example.com',
    '//app.example.com',
    'https://app.example.com/',
    'https://app.example.com/path',
    'https://app.example.com?q',
    'https://app.example.com#f',
    'https://me@app.example.com',
    'https://App.example.com',
    'https://app.example.com:443',
    'https://*.example.com',
    'https://bücher.example',
    'capacitor://localhost',
    'https://',
    'https://app.example.com https://b.example.com',
  ],
);
parses(
  "a web view's origin",
  webViewOrigin,
  {
    'capacitor://localhost': 'capacitor://localhost',
    'tauri://localhost': 'tauri://localhost',
    'chrome-extension://abcdef': 'chrome-extension://abcdef',
    'https://localhost': 'https://localhost',
  },
  [
    '*',
    'null',
    'file://',
    'capacitor://',
    'capacitor://*',
    'capacitor://localhost/',
    'Capacitor://localhost',
    'https://localhost/',
  ],
);
parses(
  'an issuer',
  issuerUrl,
  {
    'https://auth.example.com': 'https://auth.example.com',
    'http://localhost:4000': 'http://localhost:4000',
    'https://example.com/auth': 'https://example.com/auth',
  },
  [
    'auth.example.com',
    'https://auth.example.com/',
    'https://example.com/auth/',
    'https://auth.example.com?a=b',
    'https://auth.example.com?',
    'https://auth.example.com#',
    'https://me:pw@auth.example.com',
    'https://AUTH.example.com',
    'https://auth.example.com:443',
    'ftp://auth.example.com',
  ],
);

parses(
  'a SQLite URL',
  databaseUrl,
  {
    'sqlite:data/a.sqlite': { kind: 'sqlite', path: 'data/a.sqlite' },
    'sqlite:/var/lib/a b%20.sqlite': { kind: 'sqlite', path: '/var/lib/a b%20.sqlite' },
  },
  [
    'sqlite:',
    'sqlite:data/',
    'sqlite://data/a',
    'sqlite::memory:',
    'sqlite:file:a?mode=memory',
    'data/a.sqlite',
  ],
);
const mysql = { kind: 'mysql', host: 'db', port: 3306, user: 'me', password: '', name: 'auth' } as const;
parses(
  'a MySQL URL',
  databaseUrl,
  {
    'mysql://me@db/auth': mysql,
    'mysql://me:@db:3306/auth': mysql,
    'mysql://me:p%40ss%3A%2F%25@db:3307/auth': { ...mysql, password: 'p@ss:/%', port: 3307 },
    'mysql://m%C3%A9:pw@db/au%74h': { ...mysql, user: 'mé', password: 'pw' },
    'mysql://me@[fe80::1]:3306/auth': { ...mysql, host: 'fe80::1' },
  },
  [
    'mysql:',
    'mysql://db/auth',
    'mysql://:pw@db/auth',
    'mysql://me@db',
    'mysql://me@db/',
    'mysql://me@db/a/b',
    'mysql://me@/auth',
    'mysql://me:100%@db/auth',
    'mysql://me:p#w@db/auth',
    'mysql://me@db/auth?ssl=true',
    'mysql://me@%2Frun%2Fmysqld.sock/auth',
    'mysql://me@db:70000/auth',
    'mysql://me@db:3306 /auth',
    'postgres://me@db/auth',
  ],
);

parses(
  'a Redis URL',
  redisUrl,
  Object.fromEntries(
    [
      'redis://127.0.0.1:6379',
      'redis://redis',
      'rediss://me:p%40ss@redis.internal:6380/1',
      'redis://:pw@[::1]:6379/',
    ].map((text) => [text, text]),
  ),
  [
    'redis:',
    'redis://',
    'redis:///0',
    '127.0.0.1:6379',
    'http://127.0.0.1:6379',
    'redis://redis/zero',
    'redis://redis/0?x=1',
    'redis://redis#0',
    'redis://me:100%@redis',
    'redis://redis :6379',
  ],
);

describe('a database URL without its password', () => {
  it.each([
    ['mysql://me:secret@db/auth', 'mysql://me:(hidden)@db/auth'],
    ['mysql://me:se@cr:et@db/auth', 'mysql://me:(hidden)@db/auth'],
    ['mysql://m@e:secret@db/auth', 'mysql://m@e:(hidden)@db/auth'],
    ['mysql://me@db:3306/auth', 'mysql://me@db:3306/auth'],
    ['sqlite:data/a.sqlite', 'sqlite:data/a.sqlite'],
    ['redis://:secret@redis:6379/0', 'redis://:(hidden)@redis:6379/0'],
  ])('%s', (url, shown) => {
    expect(withoutPassword(url)).toBe(shown);
  });
});

const PRIVATE = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '127.0.0.0/8',
  'fc00::/7',
  'fe80::/10',
  '::1',
];

const PROVIDERS = [
  '104.16.0.0/13',
  '162.158.0.0/15',
  '172.64.0.0/13',
  '54.192.0.0/12',
  '2400:cb00::/32',
  '2606:4700::/32',
  '2600:9000::/28',
];

parses(
  'trusted proxies',
  proxies,
  {
    false: false,
    off: false,
    '0': false,
    '2': 2,
    '127.0.0.1': ['127.0.0.1'],
    '10.0.0.0/8, fc00::/7 ,::ffff:192.0.2.1': ['10.0.0.0/8', 'fc00::/7', '::ffff:192.0.2.1'],
    true: 'all',
    on: 'all',
    '*': 'all',
    '0.0.0.0/0': 'all',
    '0.0.0.0/1,128.0.0.0/1': 'all',
    '10.0.0.0/8,::/0': 'all',
    '2000::/3': 'all',
    '::ffff:0.0.0.0/96': 'all',
    '::ffff:0.0.0.0/97,::ffff:128.0.0.0/97': 'all',
    '8.0.0.0/8,9.0.0.0/8': 'all',
    // All that is allocated of IPv6.
    '2001::/16,2400::/12,2600::/12,2800::/12,2a00::/12,2c00::/12': 'all',
    '8.0.0.0/9,8.0.0.0/9,8.64.0.0/10': ['8.0.0.0/9', '8.0.0.0/9', '8.64.0.0/10'],
    [PRIVATE.join()]: PRIVATE,
    // Of Cloudflare and of CloudFront, in part.
    [PROVIDERS.join()]: PROVIDERS,
  },
  [
    '11',
    '1000000',
    '99999999999999999999',
    '-1',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/-8',
    '10.0.0/8',
    '127.1',
    '0x7f.0.0.1',
    'fe80::1%eth0',
    'proxy.example.com',
    'loopback',
    '10.0.0.1,',
  ],
);

it('trusted proxies are everybody where each network is small and all of them hold the internet', () => {
  const every = (before: string, bits: number) =>
    Array.from({ length: 256 }, (_, first) => `${before}${first}.0.0.0/${bits}`).join();
  expect(proxies(every('', 8))).toBe('all');
  expect(proxies(every('::ffff:', 104))).toBe('all');
});

describe('secrets', () => {
  const bytes = Uint8Array.from({ length: 32 }, (_, index) => 255 - index);
  const standard = Buffer.from(bytes).toString('base64');
  const urlSafe = Buffer.from(bytes).toString('base64url');

  it.each([standard, urlSafe, standard.replace(/=+$/, ''), `${urlSafe}=`])('take %s', (text) => {
    expect(secrets(text)).toEqual([bytes]);
  });

  it('keep the order of a list', () => {
    const newer = Buffer.alloc(40, 1);
    expect(secrets(`${newer.toString('base64')}, ${standard}`)).toEqual([new Uint8Array(newer), bytes]);
  });

  it.each([
    ['', /must be base64/],
    ['c2hvcnQ=', /at least 32 random bytes/],
    [`${standard},`, /must be base64, in entry 2 of 2/],
    [`${standard},c2hvcnQ=`, /at least 32 random bytes, base64, in entry 2 of 2/],
    [standard.replace('/', '!'), /must be base64/],
    [`+_${standard.slice(2)}`, /must be base64/],
    [`${standard.slice(0, 20)} ${standard.slice(20)}`, /must be base64/],
    [`${standard.slice(0, 41)}`, /must be base64/],
  ])('refuse %j', (text, message) => {
    expect(() => secrets(text)).toThrow(message);
  });
});
