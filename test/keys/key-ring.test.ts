import { randomBytes } from 'node:crypto';
import { KeyRing } from '../../src/keys/key-ring.ts';
import { generateSigningKey, type StoredSigningKey } from '../../src/keys/signing-key.ts';

const SECRETS = [randomBytes(32)];

function key(createdAt: number, change: Partial<StoredSigningKey> = {}): Promise<StoredSigningKey> {
  return generateSigningKey(SECRETS, createdAt).then((record) => ({ ...record, ...change }));
}

describe('the key ring', () => {
  it('signs with the newest active key, whatever the order of the records', async () => {
    const [older, newer, retiring] = [
      await key(1000),
      await key(2000),
      await key(3000, { state: 'RETIRING' }),
    ];
    for (const records of [
      [older, newer, retiring],
      [retiring, newer, older],
    ])
      expect((await KeyRing.open(records, SECRETS)).signingKey().kid).toBe(newer.id);
  });

  it('signs with the same one of two keys of the same millisecond, whatever the order', async () => {
    const [one, two] = [await key(1000), await key(1000)];
    const there = await KeyRing.open([one, two], SECRETS);
    const back = await KeyRing.open([two, one], SECRETS);
    expect(there.signingKey().kid).toBe(back.signingKey().kid);
  });

  it('verifies with active and retiring keys, never with a revoked one', async () => {
    const [active, retiring] = [await key(3000), await key(2000, { state: 'RETIRING' })];
    const revoked = await key(1000, { state: 'REVOKED' });
    const ring = await KeyRing.open([active, retiring, revoked], SECRETS);
    expect(ring.verificationKey(active.id)).toMatchObject({ type: 'public' });
    expect(ring.verificationKey(retiring.id)).toMatchObject({ type: 'public' });
    expect(ring.verificationKey(revoked.id)).toBeUndefined();
    expect(ring.jwks().keys.map(({ kid }) => kid)).toEqual([active.id, retiring.id]);
  });

  it('does not need to decrypt a revoked key', async () => {
    const revoked = await key(1000, { state: 'REVOKED', encryptedPrivateJwk: 'erased' });
    const active = await key(2000);
    expect((await KeyRing.open([revoked, active], SECRETS)).signingKey().kid).toBe(active.id);
  });

  it.each(['', '__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'B4 finds nothing under the kid %j',
    async (kid) => {
      const record = await key(1000);
      const ring = await KeyRing.open([record], SECRETS);
      expect(ring.verificationKey(record.id)).toBeDefined();
      expect(ring.verificationKey(kid)).toBeUndefined();
    },
  );

  it('publishes public parts only, each with kid, use and alg', async () => {
    const record = await key(1000);
    const ring = await KeyRing.open([record], SECRETS);
    const { x } = JSON.parse(record.publicJwk);
    expect(JSON.parse(JSON.stringify(ring.jwks()))).toEqual({
      keys: [{ kty: 'OKP', crv: 'Ed25519', x, kid: record.id, use: 'sig', alg: 'EdDSA' }],
    });
  });

  it.each([
    { title: 'no key at all', records: async () => [] },
    { title: 'a retiring key only', records: async () => [await key(1, { state: 'RETIRING' })] },
    { title: 'a revoked key only', records: async () => [await key(1, { state: 'REVOKED' })] },
  ])('does not open with $title', async ({ records }) => {
    await expect(KeyRing.open(await records(), SECRETS)).rejects.toThrow(/no active signing key/);
  });

  it('does not open when PORTCULLIS_SECRET is another one, and says so', async () => {
    await expect(KeyRing.open([await key(1000)], [randomBytes(32)])).rejects.toThrow(
      /^PORTCULLIS_SECRET does not decrypt the signing keys in the database/,
    );
  });
});
