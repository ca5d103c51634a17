import fc from 'fast-check';
import { FORGED_NAMES } from '../cast.ts';

export type Header = readonly [name: string, value: string];

const LIVE = ['<admin.access>', '<admin.access>', '<user.access>', '<browser.access>', '<other.access>'];
const DEAD = [
  '<ended.access>',
  '<suspended.access>',
  '<deleted.access>',
  '<stale.access>',
  '<user.shortened>',
  '<user.altered>',
  '<admin.altered>',
  '<user.refresh>',
];

const forged = fc.nat({ max: FORGED_NAMES - 1 }).map((n) => `Bearer <forged.${n}>`);

const ODD_AUTHORIZATIONS = [
  'Bearer',
  'Bearer ',
  'bearer <user.access>',
  'BEARER   <admin.access>  ',
  'Bearer\t<admin.access>',
  'Bearer: <admin.access>',
  'Bearer "<admin.access>"',
  'Bearer <admin.access>=',
  'Bearer <admin.access>.',
  'Bearer <admin.access> <user.access>',
  'Bearer <admin.access>,Bearer <user.access>',
  '<admin.access>',
  'Token <admin.access>',
  'Basic YWRtaW46YWRtaW4=',
  'Basic <admin.access>',
  'Bearer null',
  'Bearer ..',
  'Bearer \x80\xff',
  'Bearer \x01',
  `Bearer ${'a'.repeat(9_000)}`,
  `Bearer ${'a.'.repeat(4_000)}`,
  `Bearer ${' '.repeat(8_000)}x`,
];

/** Live callers, nobody, and everybody who pretends to be somebody. */
const authorization: fc.Arbitrary<Header[]> = fc
  .oneof(
    { weight: 12, arbitrary: fc.constantFrom(...LIVE).map((token) => [`Bearer ${token}`]) },
    { weight: 3, arbitrary: fc.constant<string[]>([]) },
    { weight: 2, arbitrary: fc.constantFrom(...DEAD).map((token) => [`Bearer ${token}`]) },
    { weight: 2, arbitrary: forged.map((value) => [value]) },
    { weight: 2, arbitrary: fc.constantFrom(...ODD_AUTHORIZATIONS).map((value) => [value]) },
    { weight: 1, arbitrary: fc.constantFrom(...LIVE).map((token) => ['Bearer x', `Bearer ${token}`]) },
  )
  .chain((values) => spelt('Authorization').map((name) => values.map((value): Header => [name, value])));

const COOKIES = [
  '<cookie>=<browser.refresh>',
  '<cookie>=<ended.refresh>',
  '<cookie>=<user.refresh>',
  '<cookie>=<browser.tampered>',
  '<cookie>=<browser.cut>',
  '<cookie>="<browser.refresh>"',
  '<cookie>=<browser.refresh>; <cookie>=<user.refresh>',
  '$Version=1; <cookie>=<browser.refresh>; $Path=/',
  ' <cookie> =<browser.refresh>',
  '=<cookie>=<browser.refresh>',
  '<cookie>',
  '<cookie>=',
  '<cookie>=%70r1_',
  '<cookie>=<browser.access>',
  '<cookie>=\x80\xff',
  '<cookie>=\x01',
  '__Host-refresh_token=<browser.refresh>',
  'refresh_token=<browser.refresh>',
  '__host-Refresh_Token=<browser.refresh>',
  'Refresh_Token=<browser.refresh>',
  '__proto__=x; constructor=y',
  ';;;,,,===',
  `a=${'x'.repeat(4_000)}`,
  Array.from({ length: 500 }, (_, n) => `c${n}=1`).join('; '),
];

const cookies: fc.Arbitrary<Header[]> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Header[]>([]) },
  { weight: 2, arbitrary: fc.constant<Header[]>([['Cookie', '<cookie>=<browser.refresh>']]) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.constantFrom(...COOKIES), { minLength: 1, maxLength: 2 })
      .chain((values) => spelt('Cookie').map((name) => values.map((value): Header => [name, value]))),
  },
);

const ORIGINS = [
  '<origin>',
  'null',
  'https://evil.example',
  '<origin>.evil.example',
  '<origin>/',
  '<origin>, https://evil.example',
  '',
  '*',
  'http://127.0.0.1:4000',
  'HTTP://LOCALHOST:4000',
  '\x01',
];

const FETCH_SITES = [
  'same-origin',
  'none',
  'same-site',
  'cross-site',
  '',
  'Same-Origin',
  'same-origin, cross-site',
];

const site: fc.Arbitrary<Header[]> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Header[]>([]) },
  { weight: 3, arbitrary: fc.constant<Header[]>([['Origin', '<origin>']]) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(...ORIGINS), fc.constantFrom(...FETCH_SITES))
      .map(([origin, fetchSite]): Header[] => [
        ['Origin', origin],
        ['Sec-Fetch-Site', fetchSite],
      ]),
  },
);

const CONTENT_TYPES = [
  'application/json; charset=utf-8',
  'APPLICATION/JSON;CHARSET="UTF-8"',
  'application/json; charset=utf-16',
  'application/json; charset=\x80',
  'application/json;;;',
  'application/json; charset=utf-8; charset=utf-7',
  'application/graphql',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/graphql+json',
  '',
  '/',
  'application/json, text/plain',
  `application/json; x="${'\\"'.repeat(2_000)}"`,
];

const contentType: fc.Arbitrary<Header[]> = fc.oneof(
  { weight: 25, arbitrary: fc.constant<Header[]>([['Content-Type', 'application/json']]) },
  { weight: 1, arbitrary: fc.constant<Header[]>([]) },
  {
    weight: 2,
    arbitrary: fc
      .subarray(['application/json', ...CONTENT_TYPES], { minLength: 1, maxLength: 2 })
      .map((types) => types.map((type): Header => ['Content-Type', type])),
  },
);

/** Headers that mean something to servers, proxies or libraries, with values that they may stumble over. */
const OTHERS: readonly (readonly [name: string, values: readonly string[]])[] = [
  [
    'Accept',
    [
      'application/graphql-response+json',
      'text/html',
      '*/*;q=0',
      'multipart/mixed; deferSpec=20220824',
      ',;q=',
      'application/json;q=\x80',
    ],
  ],
  [
    'User-Agent',
    ['Fuzz/1.0', '', '\x80\xff', 'a\tb', '\x1b[31m', '\x7f', 'x'.repeat(5_000), '{"level":"error"}', '%s%n'],
  ],
  [
    'X-Forwarded-For',
    [
      '203.0.113.7',
      '::ffff:203.0.113.7',
      'fe80::1%eth0',
      '2001:db8::1, 10.0.0.1',
      'unknown',
      ',,,',
      '999.1.1.1',
      '01.2.3.4',
      '::1.2.3.4',
      '[::1]:80',
      '1.2.3.4:80',
      '\x80',
      '1,'.repeat(2_000),
      '0x7f.1',
      '::',
      '1::2:1.2.3.4',
    ],
  ],
  ['X-Forwarded-Proto', ['https', 'javascript', '']],
  ['X-Forwarded-Host', ['evil.example', '']],
  ['Forwarded', ['for=203.0.113.7;host=evil.example', 'for="']],
  ['X-Real-IP', ['127.0.0.1']],
  ['Host', ['evil.example', '', 'localhost:99999', '[::1', 'a b', '\x80']],
  ['Sec-Fetch-Mode', ['navigate', 'cors', 'no-cors']],
  ['Sec-Fetch-Dest', ['document', 'iframe', 'script']],
  ['Sec-Fetch-Site', ['cross-site', 'same-origin']],
  ['Referer', ['https://evil.example/<user.session>', ':']],
  ['Content-Encoding', ['identity', 'gzip', 'br', 'deflate, gzip', '']],
  ['Expect', ['100-continue', '200-ok', '']],
  ['Upgrade', ['websocket', 'h2c']],
  ['Range', ['bytes=0-1']],
  ['If-None-Match', ['*', 'W/"x"']],
  ['X-HTTP-Method-Override', ['DELETE']],
  ['X-Apollo-Operation-Name', ['x', '\x80']],
  ['Apollo-Require-Preflight', ['1']],
  ['Apollographql-Client-Name', ['__proto__']],
  ['X-Request-Id', ['00000000-0000-0000-0000-000000000000', '\x80']],
  ['Access-Control-Request-Method', ['POST']],
  ['Access-Control-Request-Headers', ['authorization, x-evil']],
  ['__proto__', ['x']],
  ['constructor', ['x']],
  ['Content-Length-', ['5']],
  ['X-Long', ['x'.repeat(12_000), 'x'.repeat(20_000)]],
  ['X-Null', ['\x00']],
];

const other: fc.Arbitrary<Header> = fc
  .constantFrom(...OTHERS)
  .chain(([name, values]) => fc.tuple(spelt(name), fc.constantFrom(...values)));

const others: fc.Arbitrary<Header[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Header[]>([]) },
  { weight: 2, arbitrary: fc.array(other, { minLength: 1, maxLength: 3 }) },
);

/** The headers of clients in their senses: a program, a page, a page before its first login. */
const SOUND: readonly Header[][] = [
  [['Authorization', 'Bearer <admin.access>']],
  [['Authorization', 'Bearer <admin.access>']],
  [['Authorization', 'Bearer <user.access>']],
  [
    ['Origin', '<origin>'],
    ['Cookie', '<cookie>=<browser.refresh>'],
    ['Authorization', 'Bearer <browser.access>'],
  ],
  [['Origin', '<origin>']],
];

/** Nothing odd at all but that the token is nobody's. */
const pretending: fc.Arbitrary<Header[]> = fc
  .oneof(
    fc.constantFrom(...DEAD).map((token) => `Bearer ${token}`),
    forged,
  )
  .map((value) => [['Authorization', value]]);

const json: Header = ['Content-Type', 'application/json'];

/** Half of the requests come from clients in their senses; of the others most have something odd in several places. */
export const headers: fc.Arbitrary<Header[]> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...SOUND).map((sound) => [json, ...sound]) },
  { weight: 1, arbitrary: pretending.map((pretended) => [json, ...pretended]) },
  {
    weight: 3,
    arbitrary: fc.tuple(contentType, authorization, cookies, site, others).map((parts) => parts.flat()),
  },
);

/** A name in the cases that HTTP takes for one. */
function spelt(name: string): fc.Arbitrary<string> {
  return fc.constantFrom(name, name, name, name.toLowerCase(), name.toUpperCase());
}
