import { createHmac, createPublicKey } from 'node:crypto';
import { type Draft, encode, type Forge, type Json } from './forge.ts';

/** The order of Ed25519's group, little-endian: S + L is the same signature to a careless verifier. */
const GROUP_ORDER = Buffer.from('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010', 'hex');

/** B1: no algorithm, and no signature or another one. */
export async function signatureForgeries(forge: Forge): Promise<Draft[]> {
  return [...(await algorithmDrafts(forge)), ...(await signatureDrafts(forge))];
}

async function algorithmDrafts(forge: Forge): Promise<Draft[]> {
  const spellings = [
    'none',
    'None',
    'NONE',
    'nOnE',
    'none ',
    ' none',
    '',
    null,
    true,
    0,
    ['none'],
    ['EdDSA'],
  ];
  const others = ['eddsa', 'EDDSA', 'EdDSA ', 'Ed25519', 'Ed448', 'ES256', 'RS256', 'HS256'];
  const drafts: Draft[] = [];
  for (const alg of [...spellings, ...others, undefined]) {
    const header = { ...forge.header, alg };
    const name = `alg ${JSON.stringify(alg) ?? 'absent'}`;
    const unsigned = `${encode(header)}.${encode(forge.claims)}`;
    drafts.push({ row: 'B1', name: `${name}, empty signature`, token: `${unsigned}.` });
    drafts.push({ row: 'B1', name: `${name}, real signature`, token: await forge.signText(unsigned) });
  }
  const bare = { alg: 'none', typ: 'at+jwt' };
  const repeated = `{"alg":"EdDSA","typ":"at+jwt","kid":"${forge.material.kid}","alg":"none"}`;
  drafts.push({ row: 'B1', name: 'alg none, no kid', token: `${encode(bare)}.${encode(forge.claims)}.` });
  drafts.push({ row: 'B1', name: 'alg twice, none last', token: await forge.sign(repeated, forge.claims) });
  return drafts;
}

async function signatureDrafts(forge: Forge): Promise<Draft[]> {
  const [header, payload, text] = forge.segments;
  const honest = Buffer.from(text, 'base64url');
  const other = (await forge.withClaims({ jti: '00000000-0000-4000-8000-000000000000' })).split('.')[2] ?? '';
  const variants: Record<string, Uint8Array> = {
    empty: Buffer.alloc(0),
    'of one byte': honest.subarray(0, 1),
    'cut in half': honest.subarray(0, 32),
    'one byte short': honest.subarray(0, 63),
    'one byte long': Buffer.concat([honest, Buffer.alloc(1)]),
    twice: Buffer.concat([honest, honest]),
    'of zeros': Buffer.alloc(64),
    'of ones': Buffer.alloc(64, 0xff),
    'of the identity point': Buffer.concat([Buffer.from([1]), Buffer.alloc(63)]),
    'with its halves swapped': Buffer.concat([honest.subarray(32), honest.subarray(0, 32)]),
    'with the group order added to S': Buffer.concat([
      honest.subarray(0, 32),
      plusOrder(honest.subarray(32)),
    ]),
    'of another token': Buffer.from(other, 'base64url'),
    'over the payload alone': await forge.signature(payload),
    'over the decoded text': await forge.signature(
      JSON.stringify(forge.header) + JSON.stringify(forge.claims),
    ),
  };
  for (const bit of [0, 255, 256, 511]) variants[`with bit ${bit} flipped`] = flipped(honest, bit);
  const drafts = Object.entries(variants).map(([name, signature]) => ({
    row: 'B1' as const,
    name: `a signature ${name}`,
    token: `${header}.${payload}.${encode(signature)}`,
  }));
  return [
    ...drafts,
    { row: 'B1', name: 'no third segment', token: `${header}.${payload}` },
    { row: 'B1', name: 'no second segment', token: `${header}..${text}` },
    { row: 'B1', name: 'no first segment', token: `.${payload}.${text}` },
    { row: 'B1', name: 'another payload', token: `${header}.${encode(elevated(forge))}.${text}` },
    { row: 'B1', name: "an attacker's key", token: forge.signAsAttacker(forge.header) },
  ];
}

function elevated(forge: Forge): Json {
  return { ...forge.claims, roles: ['USER', 'ADMIN', 'ROOT'] };
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = Buffer.from(bytes);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

function plusOrder(scalar: Uint8Array): Uint8Array {
  let carry = 0;
  return scalar.map((byte, at) => {
    const sum = byte + (GROUP_ORDER[at] ?? 0) + carry;
    carry = sum >> 8;
    return sum & 0xff;
  });
}

/** B2: HMAC under what everybody knows: our public key in every spelling. */
export function symmetricForgeries(forge: Forge): Draft[] {
  const { publicJwk, kid } = forge.material;
  const jwk = { kty: publicJwk.kty, crv: publicJwk.crv, x: publicJwk.x };
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  const pem = key.export({ type: 'spki', format: 'pem' }).toString();
  const keys: Record<string, string | Uint8Array> = {
    PEM: pem,
    'PEM without its last newline': pem.trimEnd(),
    'PEM with CRLF': pem.replaceAll('\n', '\r\n'),
    DER: key.export({ type: 'spki', format: 'der' }),
    'JWK text': JSON.stringify(jwk),
    'JWKS text': JSON.stringify({ keys: [{ ...jwk, kid, use: 'sig', alg: 'EdDSA' }] }),
    'JWKS member': JSON.stringify({ ...jwk, kid, use: 'sig', alg: 'EdDSA' }),
    'raw public key': Buffer.from(publicJwk.x, 'base64url'),
    'x of the JWK': publicJwk.x,
    kid,
    'blank key': '',
  };
  return Object.entries(keys).flatMap(([name, secret]) =>
    (['256', '384', '512'] as const).flatMap((size) => [
      hmacDraft(forge, `HS${size} keyed with our ${name}`, { alg: `HS${size}` }, size, secret),
      hmacDraft(forge, `EdDSA, yet HS${size} keyed with our ${name}`, {}, size, secret),
    ]),
  );
}

function hmacDraft(
  forge: Forge,
  name: string,
  header: Json,
  size: string,
  secret: string | Uint8Array,
): Draft {
  const text = `${encode({ ...forge.header, ...header })}.${encode(forge.claims)}`;
  const signature = createHmac(`sha${size}`, secret).update(text).digest();
  return { row: name.includes('blank') ? 'B1' : 'B2', name, token: `${text}.${encode(signature)}` };
}
