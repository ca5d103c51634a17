import { generateKeyPairSync, sign, type webcrypto } from 'node:crypto';

export type RowId = 'B1' | 'B2' | 'B3' | 'B4' | 'B5' | 'B6' | 'B7' | 'B8' | 'B9' | 'B10';

/** One forged token; `row` is the row of the security table that it belongs to. */
export interface Draft {
  readonly row: RowId;
  readonly name: string;
  readonly token: string;
  /** The reason of the denial; INVALID unless it says otherwise. */
  readonly reason?: 'INVALID' | 'EXPIRED';
}

/** What a forger would have to have; that it is the real key makes each forgery wrong in one thing only. */
export interface ForgeMaterial {
  /** The server's own signing key. */
  readonly privateKey: webcrypto.CryptoKey;
  readonly publicJwk: { readonly kty: string; readonly crv: string; readonly x: string };
  readonly kid: string;
  /** A token that the server accepts now. */
  readonly honestToken: string;
  /** Where an attacker would serve keys of their own (B3). */
  readonly lure?: string;
}

export type Json = Readonly<Record<string, unknown>>;

/** An object is encoded as JSON, a text or bytes as they are. */
export type Part = Json | string | Uint8Array;

/** Builds compact JWS of any header and any payload, which no JOSE library would agree to. */
export class Forge {
  readonly header: Json;
  readonly claims: Json;
  /** Text of the honest token's three segments. */
  readonly segments: readonly [string, string, string];
  readonly #attacker = generateKeyPairSync('ed25519');

  constructor(readonly material: ForgeMaterial) {
    const [header = '', payload = '', signature = ''] = material.honestToken.split('.');
    this.segments = [header, payload, signature];
    this.header = JSON.parse(Buffer.from(header, 'base64url').toString());
    this.claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  }

  /** Signed by the real key. */
  async sign(header: Part, payload: Part): Promise<string> {
    return this.signText(`${encode(header)}.${encode(payload)}`);
  }

  /** Signs the text as it is, loose spellings and all. */
  async signText(text: string): Promise<string> {
    return `${text}.${encode(await this.signature(text))}`;
  }

  async signature(text: string): Promise<Uint8Array> {
    const signed = await crypto.subtle.sign('Ed25519', this.material.privateKey, Buffer.from(text));
    return new Uint8Array(signed);
  }

  /** The honest claims but for these; undefined removes one. */
  withClaims(change: Json): Promise<string> {
    return this.sign(this.header, { ...this.claims, ...change });
  }

  /** The honest header but for these; undefined removes one. */
  withHeader(change: Json): Promise<string> {
    return this.sign({ ...this.header, ...change }, this.claims);
  }

  /** One claim in JSON text that JSON.stringify would not write. */
  withClaimText(member: string, text: string): Promise<string> {
    const others = JSON.stringify({ ...this.claims, [member]: undefined });
    return this.sign(this.header, `${others.slice(0, -1)},${text}}`);
  }

  get attackerJwk(): Json {
    return { ...this.#attacker.publicKey.export({ format: 'jwk' }) };
  }

  /** Signed by a key of the attacker's own. */
  signAsAttacker(header: Part, payload: Part = this.claims): string {
    const text = `${encode(header)}.${encode(payload)}`;
    return `${text}.${encode(sign(null, Buffer.from(text), this.#attacker.privateKey))}`;
  }
}

export function encode(part: Part): string {
  if (part instanceof Uint8Array) return Buffer.from(part).toString('base64url');
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
}

export type Change = readonly [name: string, change: Json];

/** One draft for each change of the header. */
export function headerDrafts(forge: Forge, row: RowId, changes: readonly Change[]): Promise<Draft[]> {
  return Promise.all(
    changes.map(async ([name, change]) => ({ row, name, token: await forge.withHeader(change) })),
  );
}

/** One draft for each value of one claim. */
export function claimDrafts(
  forge: Forge,
  row: RowId,
  claim: string,
  values: Readonly<Record<string, unknown>>,
): Promise<Draft[]> {
  return Promise.all(
    Object.entries(values).map(async ([name, value]) => ({
      row,
      name: `${claim} ${name}`,
      token: await forge.withClaims({ [claim]: value }),
    })),
  );
}
