import { type Change, type Draft, type Forge, headerDrafts, type Json, type Part } from './forge.ts';

const NOWHERE = 'http://127.0.0.1:9/keys';

/** B3: a token that brings its key along, signed by that key; and by ours, so that the member itself is refused. */
export async function embeddedKeyForgeries(forge: Forge): Promise<Draft[]> {
  const { publicJwk, lure = NOWHERE } = forge.material;
  const members: Json = {
    jwk: forge.attackerJwk,
    jku: lure,
    x5u: lure,
    x5c: ['MIIB'],
    x5t: 'AAAA',
    'x5t#S256': 'AAAA',
  };
  const drafts = Object.entries(members).map(async ([member, value]): Promise<Draft[]> => {
    const header = { ...forge.header, [member]: value };
    const { kid: _, ...unnamed } = header as Record<string, unknown>;
    return [
      { row: 'B3', name: `${member}, real signature`, token: await forge.sign(header, forge.claims) },
      { row: 'B3', name: `${member}, attacker's signature`, token: forge.signAsAttacker(header) },
      { row: 'B3', name: `${member} in place of kid`, token: forge.signAsAttacker(unnamed) },
    ];
  });
  const own = await headerDrafts(forge, 'B3', [
    ['jwk of our own key', { jwk: publicJwk }],
    ['jwk null', { jwk: null }],
    ['kid is a URL', { kid: lure }],
  ]);
  return [...(await Promise.all(drafts)).flat(), ...own];
}

/** B4: every odd `kid`, under a good signature, so that only the look-up can refuse it. */
export async function kidForgeries(forge: Forge): Promise<Draft[]> {
  const { kid } = forge.material;
  const texts = [
    ...[
      '',
      ' ',
      '.',
      '*',
      '0',
      'null',
      'undefined',
      '\0',
      `${kid}\0`,
      `${kid} `,
      ` ${kid}`,
      kid.slice(0, -1),
    ],
    ...['../../../../../../dev/null', '/etc/passwd', 'file:///dev/null', '..\\..\\windows\\win.ini'],
    ...["' OR '1'='1", "x' UNION SELECT 'key' -- ", '"; DROP TABLE signing_keys; --', '$(id)', '| id', '%00'],
    ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'size', 'get'],
    'A'.repeat(43),
  ];
  const values: unknown[] = [null, true, 0, 1, [], [kid], {}, { kid }, { toString: kid }, undefined];
  const changes: Change[] = [
    ...texts.map((text): Change => [`kid ${JSON.stringify(text)}`, { kid: text }]),
    ...values.map((value): Change => [`kid ${JSON.stringify(value) ?? 'absent'}`, { kid: value }]),
    ['kid of 1 KB', { kid: 'k'.repeat(1024) }],
    ['kid of 10 KB', { kid: 'k'.repeat(10_240) }],
  ];
  const attacked = ['__proto__', 'constructor', ''].map(
    (text): Draft => ({
      row: 'B4',
      name: `kid ${JSON.stringify(text)}, attacker's signature`,
      token: forge.signAsAttacker({ ...forge.header, kid: text }),
    }),
  );
  return [...(await headerDrafts(forge, 'B4', changes)), ...attacked];
}

/** B5: a good token of another kind. */
export async function typForgeries(forge: Forge): Promise<Draft[]> {
  const types = ['JWT', 'jwt', 'at+JWT', 'AT+JWT', 'application/at+jwt', 'id+jwt', 'dpop+jwt', 'logout+jwt'];
  const values = [
    ...types,
    '',
    'at',
    'at+jwt ',
    ' at+jwt',
    'at+jwt\n',
    null,
    true,
    0,
    ['at+jwt'],
    {},
    undefined,
  ];
  const drafts = await headerDrafts(
    forge,
    'B5',
    values.map((typ) => [`typ ${JSON.stringify(typ) ?? 'absent'}`, { typ }]),
  );
  const texts = [`pr1_${'A'.repeat(72)}`, 'undefined', 'null', '0', '.', '..', '...', 'opaque-token', '{}'];
  return [...drafts, ...texts.map((token): Draft => ({ row: 'B5', name: `bearer ${token}`, token }))];
}

/** B10: compression, criticality, encryption, and headers that are no header. */
export async function headerForgeries(forge: Forge): Promise<Draft[]> {
  const members = await headerDrafts(forge, 'B10', [
    ['crit [exp]', { crit: ['exp'] }],
    ['crit [b64]', { crit: ['b64'] }],
    ['crit [unknown]', { crit: ['http://example.com/x'], 'http://example.com/x': 1 }],
    ['crit []', { crit: [] }],
    ['crit a text', { crit: 'b64' }],
    ['b64 true', { b64: true, crit: ['b64'] }],
    ['b64 false, encoded all the same', { b64: false, crit: ['b64'] }],
    ['b64 false without crit', { b64: false }],
    ['zip DEF', { zip: 'DEF' }],
    ['p2c of two billion', { p2c: 2_147_483_647, p2s: 'AAAA' }],
    ['enc', { enc: 'A256GCM' }],
    ['cty JWT', { cty: 'JWT' }],
    ['an unknown member', { foo: 'bar' }],
    ['an empty member', { '': '' }],
    ['a claim in the header', { exp: 9_999_999_999 }],
  ]);
  return [...members, ...(await Promise.all(Object.entries(oddHeaders(forge)).map(draftOf)))];

  async function draftOf([name, header]: [string, Part]): Promise<Draft> {
    return { row: 'B10', name: `header ${name}`, token: await forge.sign(header, forge.claims) };
  }
}

function oddHeaders(forge: Forge): Record<string, Part> {
  const { kid } = forge.material;
  const text = JSON.stringify(forge.header);
  return {
    'an array': JSON.stringify([forge.header]),
    'a text': JSON.stringify(text),
    'a number': '1',
    true: 'true',
    null: 'null',
    'an empty object': '{}',
    'not JSON': text.slice(0, -1),
    'two objects': text + text,
    'with a comment': `${text}//`,
    'after a byte order mark': `\uFEFF${text}`,
    'not UTF-8': Buffer.concat([
      Buffer.from(text.replace(/\}$/, ',"kid":"')),
      Buffer.from([0xff, 0x22, 0x7d]),
    ]),
    'in UTF-16': Buffer.from(text, 'utf16le'),
    'with its members in __proto__': `{"__proto__":${text}}`,
    'with kid in __proto__': `{"alg":"EdDSA","typ":"at+jwt","__proto__":{"kid":"${kid}"}}`,
    'with __proto__ beside': `${text.slice(0, -1)},"__proto__":{"alg":"none"}}`,
    'with constructor beside': `${text.slice(0, -1)},"constructor":{"prototype":{"admin":true}}}`,
    'nested a thousand times': '['.repeat(1000) + ']'.repeat(1000),
  };
}
