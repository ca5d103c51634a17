import { importJWK } from 'jose';
import { decryptPrivateJwk, type PrivateJwk } from '../../src/keys/private-jwk.ts';
import type { TestDatabase } from './databases.ts';
import type { ForgeMaterial } from './forgeries.ts';
import { SECRET } from './server.ts';

export interface ForgingKit extends ForgeMaterial {
  readonly jwk: PrivateJwk;
}

/** The server's own signing key, as somebody would read it who has both the database and PORTCULLIS_SECRET. */
export async function forgingKit(database: TestDatabase, honestToken: string): Promise<ForgingKit> {
  const [row] = await database.query("SELECT * FROM signing_keys WHERE state = 'ACTIVE'");
  const kid = String(row?.['id']);
  const jwk = await decryptPrivateJwk(String(row?.['encrypted_private_jwk']), kid, [
    Buffer.from(SECRET, 'base64'),
  ]);
  const privateKey = await importJWK(jwk, 'EdDSA');
  if (privateKey instanceof Uint8Array) throw new Error('An Ed25519 key is no bytes.');
  const { kty, crv, x } = jwk;
  return { privateKey, publicJwk: { kty, crv, x }, kid, honestToken, jwk };
}
