import { claimDrafts, type Draft, type Forge, type Json, type Part } from './forge.ts';

/** Values of a type that no claim of ours has. */
const FOREIGN: Json = {
  absent: undefined,
  null: null,
  true: true,
  false: false,
  'an empty object': {},
  'an object with toString': { toString: 'x', valueOf: 1 },
  'an empty array': [],
};

/** B6: a token for somebody else, or from somebody else. */
export async function audienceForgeries(forge: Forge): Promise<Draft[]> {
  const iss = String(forge.claims['iss']);
  const aud = [forge.claims['aud']].flat().map(String)[0] ?? '';
  const near = (own: string): Json => ({
    ...FOREIGN,
    empty: '',
    wrong: 'https://elsewhere.example',
    'a prefix of ours': own.slice(0, -1),
    'ours and a slash': `${own}/`,
    'ours and a domain': `${own}.evil.example`,
    'ours and a space': `${own} `,
    'ours and a NUL': `${own}\0`,
    'ours in upper case': own.toUpperCase(),
    'a list in a text': `${own},https://elsewhere.example`,
    'a number': 1,
    'an object of ours': { 0: own, length: 1 },
    'an object keyed by ours': { [own]: true },
  });
  return [
    ...(await claimDrafts(forge, 'B6', 'iss', { ...near(iss), 'an array of ours': [iss] })),
    ...(await claimDrafts(forge, 'B6', 'aud', {
      ...near(aud),
      'an array without ours': ['https://elsewhere.example', aud.slice(0, -1)],
      'an array in an array': [[aud]],
      'an array of ours and a number': [aud, 1],
      'an array of ours and null': [aud, null],
      'an array of an object': [{ aud }],
    })),
  ];
}

/** B7: times that are no times, not yet, or no longer. */
export async function timeForgeries(forge: Forge): Promise<Draft[]> {
  const [iat, exp] = [Number(forge.claims['iat']), Number(forge.claims['exp'])];
  const values = (second: number): Json => ({
    ...FOREIGN,
    'a text': String(second),
    'an ISO date': new Date(second * 1000).toISOString(),
    'an array': [second],
    float: second + 0.5,
    '1e308': 1e308,
    'beyond safe integers': 2 ** 53,
    'in milliseconds': second * 1000,
    negative: -1,
    'negative and large': -second,
  });
  const future: Json = { 'in an hour': iat + 3600, 'in a minute': iat + 60 };
  const { absent: _, ...optional } = values(iat);
  const infinite = ['exp', 'iat', 'nbf'].map(
    async (claim): Promise<Draft> => ({
      row: 'B7',
      name: `${claim} 1e999`,
      token: await forge.withClaimText(claim, `"${claim}":1e999`),
    }),
  );
  return [
    ...(await claimDrafts(forge, 'B7', 'exp', values(exp))),
    ...(await claimDrafts(forge, 'B7', 'iat', { ...values(iat), ...future })),
    ...(await claimDrafts(forge, 'B7', 'nbf', { ...optional, ...future })),
    ...(await claimDrafts(forge, 'B8', 'auth_time', { ...values(iat), ...future })),
    ...(await Promise.all(infinite)),
    ...(await expiredDrafts(forge, iat)),
  ];
}

async function expiredDrafts(forge: Forge, iat: number): Promise<Draft[]> {
  const past = { 'an hour ago': iat - 3600, 'ten seconds ago': iat - 10, 'in 1970': 0 };
  const expired = (await claimDrafts(forge, 'B7', 'exp', past)).map(
    (draft): Draft => ({ ...draft, reason: 'EXPIRED' }),
  );
  const [header, payload, signature] = (expired[0]?.token ?? '').split('.');
  const both = {
    'and of another issuer': { exp: iat - 3600, iss: 'https://elsewhere.example' },
    'and of another audience': { exp: iat - 3600, aud: 'https://elsewhere.example' },
    'and without a session': { exp: iat - 3600, sid: undefined },
    'and not valid yet': { exp: iat - 3600, nbf: iat + 3600 },
  };
  const wrongToo = Object.entries(both).map(
    async ([name, change]): Promise<Draft> => ({
      row: 'B7',
      name: `expired ${name}`,
      token: await forge.withClaims(change),
    }),
  );
  const unsigned = `${header}.${payload}.${signature?.split('').reverse().join('')}`;
  return [
    ...expired,
    ...(await Promise.all(wrongToo)),
    { row: 'B7', name: 'expired, forged', token: unsigned },
  ];
}

/** B8: our own claims in every other type. */
export async function typeForgeries(forge: Forge): Promise<Draft[]> {
  const uuids = await Promise.all(
    ['sub', 'sid', 'jti'].map((claim) =>
      claimDrafts(forge, 'B8', claim, uuidValues(String(forge.claims[claim]))),
    ),
  );
  const numbers: Json = {
    'a text': '0',
    float: 0.5,
    negative: -1,
    '1e308': 1e308,
    'beyond safe integers': 2 ** 53,
  };
  const roles: Json = {
    'a text': 'ADMIN',
    'a number': 7,
    'of a number': ['USER', 7],
    'of null': [null],
    'of an array': [['ADMIN']],
    'of an empty text': [''],
    'of an object': [{ toString: 'ADMIN' }],
    'an object like an array': { 0: 'ADMIN', length: 1 },
    'an object keyed by a role': { ADMIN: true },
  };
  return [
    ...uuids.flat(),
    ...(await claimDrafts(forge, 'B8', 'ver', { ...FOREIGN, ...numbers, 'an array': [0] })),
    ...(await claimDrafts(forge, 'B8', 'roles', { ...FOREIGN, ...roles })),
    ...(await Promise.all(Object.entries(oddPayloads(forge)).map(draftOf))),
  ];

  async function draftOf([name, payload]: [string, Part]): Promise<Draft> {
    return { row: 'B8', name: `payload ${name}`, token: await forge.sign(forge.header, payload) };
  }
}

function uuidValues(uuid: string): Json {
  return {
    ...FOREIGN,
    'a number': 1,
    'an array of it': [uuid],
    empty: '',
    'in upper case': uuid.toUpperCase(),
    'in braces': `{${uuid}}`,
    'as a URN': `urn:uuid:${uuid}`,
    'without hyphens': uuid.replaceAll('-', ''),
    'and a newline': `${uuid}\n`,
    'and a space': `${uuid} `,
    'and a NUL': `${uuid}\0`,
    'cut short': uuid.slice(0, -1),
    'with a letter beyond hexadecimal': `g${uuid.slice(1)}`,
    __proto__text: '__proto__',
    SQL: "' OR '1'='1",
  };
}

function oddPayloads(forge: Forge): Record<string, Part> {
  const text = JSON.stringify(forge.claims);
  const without = (claim: string) => JSON.stringify({ ...forge.claims, [claim]: undefined }).slice(0, -1);
  return {
    'an array': JSON.stringify([forge.claims]),
    'a text': JSON.stringify(text),
    'a number': '1',
    null: 'null',
    true: 'true',
    'an empty object': '{}',
    'not JSON': text.slice(0, -1),
    'two objects': text + text,
    'after a byte order mark': `\uFEFF${text}`,
    'not UTF-8': Buffer.concat([Buffer.from(`${text.slice(0, -1)},"x":"`), Buffer.from([0xff, 0x22, 0x7d])]),
    'nested a thousand times': '['.repeat(1000) + ']'.repeat(1000),
    'in __proto__': `{"__proto__":${text}}`,
    'with sub in __proto__': `${without('sub')},"__proto__":{"sub":${JSON.stringify(forge.claims['sub'])}}}`,
    'with roles in constructor': `${without('roles')},"constructor":{"prototype":{"roles":["ADMIN"]}}}`,
    'with sid twice, null last': `${text.slice(0, -1)},"sid":null}`,
    'with roles twice, a text last': `${text.slice(0, -1)},"roles":"ADMIN"}`,
  };
}
