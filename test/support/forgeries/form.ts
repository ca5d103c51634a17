import { createSecretKey, randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { CompactEncrypt } from 'jose';
import { type Draft, encode, type Forge } from './forge.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** B9: other spellings of the very same signature, and of segments that were signed in that spelling. */
export async function spellingForgeries(forge: Forge): Promise<Draft[]> {
  const token = forge.material.honestToken;
  const [header, payload, signature] = forge.segments;
  const middle = token.length - 40;
  const around: Record<string, string> = {
    'padded with ==': `${token}==`,
    'padded with =': `${token}=`,
    'padded with %3D%3D': `${token}%3D%3D`,
    'with a space before': ` ${token}`,
    'with a space after': `${token} `,
    'with a newline after': `${token}\n`,
    'with a CRLF after': `${token}\r\n`,
    'with a tab after': `${token}\t`,
    'with a NUL after': `${token}\0`,
    'with a space inside': `${token.slice(0, middle)} ${token.slice(middle)}`,
    'with a newline inside': `${token.slice(0, middle)}\n${token.slice(middle)}`,
    'with a comma after': `${token},`,
    'with a dot after': `${token}.`,
    'with a dot before': `.${token}`,
    'with a fourth segment': `${token}.${signature}`,
    'twice, after a comma': `${token}, ${token}`,
    'in quotes': `"${token}"`,
    'with a scheme': `Bearer ${token}`,
    'with a zero-width space': `${token}\u200b`,
    'with soft hyphens for dots': `${header}\u00ad${payload}\u00ad${signature}`,
    'each segment padded': `${padded(header)}.${padded(payload)}.${padded(signature)}`,
  };
  const drafts = Object.entries(around).map(
    ([name, text]): Draft => ({ row: 'B9', name: `the honest token ${name}`, token: text }),
  );
  return [
    ...drafts,
    ...lastCharacterDrafts(forge),
    await standardAlphabetDraft(forge),
    ...(await looseSegmentDrafts(forge)),
  ];
}

/** 64 bytes leave four slack bits in the last of 86 characters: 16 spellings, one of them honest. */
function lastCharacterDrafts(forge: Forge): Draft[] {
  const token = forge.material.honestToken;
  const first = ALPHABET.indexOf(token.slice(-1)) & ~0b1111;
  return [...ALPHABET.slice(first, first + 16)]
    .filter((character) => character !== token.slice(-1))
    .map((character) => ({
      row: 'B9',
      name: `the honest token with last character ${character}`,
      token: token.slice(0, -1) + character,
    }));
}

/** One signature in fifteen holds neither `-` nor `_`: another claim that is not ours makes another signature. */
async function standardAlphabetDraft(forge: Forge): Promise<Draft> {
  for (let nonce = 0; ; nonce++) {
    const [header, payload, signature = ''] = (await forge.withClaims({ nonce })).split('.');
    const text = signature.replaceAll('-', '+').replaceAll('_', '/');
    if (text !== signature)
      return {
        row: 'B9',
        name: 'a signature in the standard alphabet',
        token: `${header}.${payload}.${text}`,
      };
  }
}

/** Signed in the loose spelling, so that nothing but the form of the segment is wrong. */
async function looseSegmentDrafts(forge: Forge): Promise<Draft[]> {
  const [header, payload] = [JSON.stringify(forge.header), JSON.stringify(forge.claims)].map(withSlack);
  const texts: Record<string, string> = {
    'header padded': `${padded(encode(header ?? ''))}.${encode(payload ?? '')}`,
    'payload padded': `${encode(header ?? '')}.${padded(encode(payload ?? ''))}`,
    'header with slack bits': `${slackened(encode(header ?? ''))}.${encode(payload ?? '')}`,
    'payload with slack bits': `${encode(header ?? '')}.${slackened(encode(payload ?? ''))}`,
    'header with a newline': `${encode(header ?? '')}\n.${encode(payload ?? '')}`,
    'payload with a space': `${encode(header ?? '')}. ${encode(payload ?? '')}`,
  };
  return Promise.all(
    Object.entries(texts).map(async ([name, text]): Promise<Draft> => {
      return { row: 'B9', name: `${name}, signed so`, token: await forge.signText(text) };
    }),
  );
}

/** JSON may end in white space: fill up to one byte beyond a multiple of three, which leaves four slack bits. */
function withSlack(json: string): string {
  return json + ' '.repeat((4 - (Buffer.byteLength(json) % 3)) % 3);
}

function slackened(text: string): string {
  return text.slice(0, -1) + ALPHABET[ALPHABET.indexOf(text.slice(-1)) | 1];
}

function padded(text: string): string {
  return text + '='.repeat((4 - (text.length % 4)) % 4);
}

/** B10: encrypted, compressed, unencoded, nested and oversized. */
export async function containerForgeries(forge: Forge): Promise<Draft[]> {
  const { honestToken } = forge.material;
  const [header, payload, signature] = forge.segments;
  const claims = Buffer.from(JSON.stringify(forge.claims));
  const bomb = deflateRawSync(Buffer.alloc(2_000_000));
  const unencoded = { ...forge.header, b64: false, crit: ['b64'] };
  const passwordBased = encode({
    alg: 'PBES2-HS512+A256KW',
    enc: 'A256GCM',
    p2c: 2_147_483_647,
    p2s: 'AAAA',
  });
  const encryption = { ...forge.header, alg: 'dir', enc: 'A256GCM' };
  const texts: Record<string, string> = {
    'JWE under a key of the attacker': await encrypted(claims, encryption),
    'JWE around the honest token': await encrypted(Buffer.from(honestToken), { ...encryption, cty: 'JWT' }),
    'JWE with a zip bomb': `${encode({ ...encryption, zip: 'DEF' })}..${encode(randomBytes(12))}.${encode(bomb)}.AAAA`,
    'JWE with a p2c bomb': `${passwordBased}.AAAA.AAAA.AAAA.AAAA`,
    'three segments with a p2c bomb': `${passwordBased}.${payload}.${signature}`,
    'zip DEF, payload deflated': await forge.sign({ ...forge.header, zip: 'DEF' }, deflateRawSync(claims)),
    'payload deflated, unannounced': await forge.sign(forge.header, deflateRawSync(claims)),
    'a zip bomb as payload': await forge.sign({ ...forge.header, zip: 'DEF' }, bomb),
    'b64 false, payload as it is': await unencodedToken(forge, unencoded, claims),
    'b64 false, detached': `${encode(unencoded)}..${encode(await forge.signature(`${encode(unencoded)}.`))}`,
    'a token in a token': await forge.sign(forge.header, honestToken),
    'JSON serialisation': JSON.stringify({ protected: header, payload, signature }),
    'a megabyte of payload': await forge.withClaims({ filler: 'x'.repeat(1_000_000) }),
    '5 KB of payload': await forge.withClaims({ filler: 'x'.repeat(5_000) }),
    'a megabyte of one letter': 'A'.repeat(1_000_000),
    'a hundred thousand dots': '.'.repeat(100_000),
  };
  return Object.entries(texts).map(([name, token]): Draft => ({ row: 'B10', name, token }));
}

function encrypted(plaintext: Uint8Array, header: Record<string, unknown>): Promise<string> {
  return new CompactEncrypt(plaintext)
    .setProtectedHeader({ ...header, alg: 'dir', enc: 'A256GCM' })
    .encrypt(createSecretKey(randomBytes(32)));
}

/** RFC 7797: the payload itself under the signature. */
async function unencodedToken(
  forge: Forge,
  header: Record<string, unknown>,
  claims: Uint8Array,
): Promise<string> {
  const signature = await forge.signature(`${encode(header)}.${Buffer.from(claims).toString()}`);
  return `${encode(header)}.${encode(claims)}.${encode(signature)}`;
}
