import { randomBytes } from 'node:crypto';
import { KeyRing } from '../../src/keys/key-ring.ts';
import type { StoredSigningKey } from '../../src/keys/signing-key.ts';
import { newKey } from '../support/keys.ts';

const SECRETS = [randomBytes(32)];
const NOW = 5_000;
const REVOKED = { revoked: true, encryptedPrivateJwk: '' };

function key(activeFrom: number, change: Partial<StoredSigningKey> = {}): Promise<StoredSigningKey> {
  return newKey(SECRETS, activeFrom, change);
}

function open(keys: readonly StoredSigningKey[], earlier?: KeyRing): Promise<KeyRing> {
  return KeyRing.open({ epoch: 1, keys }, SECRETS, earlier);
}

describe('the key ring', () => {
  it('signs with the latest key whose time has come, whatever the order of the records', async () => {
    const [older, newer, next] = [await key(1000), await key(2000), await key(3000)];
    for (const records of [
      [older, newer, next],
      [next, newer, older],
    ]) {
      const ring = await open(records);
      const signing = [1000, 2000, 2999, 3000].map((now) => ring.signingKey(now).kid);
      expect(signing).toEqual([older.kid, newer.kid, newer.kid, next.kid]);
    }
  });

  it('signs with the same one of two keys of the same millisecond, whatever the order', async () => {
    const [one, two] = [await key(1000), await key(1000)];
    const [there, back] = [await open([one, two]), await open([two, one])];
    expect(there.signingKey(NOW).kid).toBe(back.signingKey(NOW).kid);
  });

  it('vouches for keys that will sign, sign and have signed, not for a revoked one, nor for one that is past', async () => {
    const [next, active] = [await key(NOW + 1), await key(3000)];
    const [retiring, past] = [await key(2000, { expiresAt: NOW + 1 }), await key(1000, { expiresAt: NOW })];
    const revoked = await key(500, { ...REVOKED, expiresAt: NOW + 1 });
    const ring = await open([past, next, active, retiring, revoked]);
    const standings = [next, active, retiring, revoked, past].map(({ kid }) => ring.standing(kid, NOW));
    expect(standings).toEqual(['GOOD', 'GOOD', 'GOOD', 'REVOKED', undefined]);
    expect(ring.standing(revoked.kid, NOW + 1)).toBeUndefined();
    expect(ring.jwks(NOW).keys.map(({ kid }) => kid)).toEqual([next.kid, active.kid, retiring.kid]);
  });

  it('does not need to decrypt a revoked key, whose signatures can still be told from forgeries', async () => {
    const active = await key(2000);
    const genuine = await key(1000);
    const revoked = { ...genuine, ...REVOKED };
    const ring = await open([revoked, active]);
    expect(ring.signingKey(NOW).kid).toBe(active.kid);
    expect(ring.publicKey(revoked.kid)).toMatchObject({ type: 'public' });
  });

  it.each(['', '__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'B4 finds nothing under the kid %j',
    async (kid) => {
      const record = await key(1000);
      const ring = await open([record]);
      expect(ring.publicKey(record.kid)).toBeDefined();
      expect(ring.publicKey(kid)).toBeUndefined();
      expect(ring.standing(kid, NOW)).toBeUndefined();
    },
  );

  it('publishes public parts only, each with kid, use and alg', async () => {
    const record = await key(1000);
    const ring = await open([record]);
    const { x } = JSON.parse(record.publicJwk);
    expect(JSON.parse(JSON.stringify(ring.jwks(NOW)))).toEqual({
      keys: [{ kty: 'OKP', crv: 'Ed25519', x, kid: record.kid, use: 'sig', alg: 'EdDSA' }],
    });
  });

  it.each([
    { title: 'no key at all', records: async () => [] },
    { title: 'a revoked key only', records: async () => [await key(1, REVOKED)] },
  ])('does not open with $title', async ({ records }) => {
    await expect(open(await records())).rejects.toThrow(/no usable signing key/);
  });

  it('does not open when PORTCULLIS_SECRET is another one, and says so', async () => {
    await expect(KeyRing.open({ epoch: 1, keys: [await key(1)] }, [randomBytes(32)])).rejects.toThrow(
      /^PORTCULLIS_SECRET does not decrypt the signing keys in the database/,
    );
  });
});

describe('a key ring that follows an earlier one', () => {
  it('has the times of the new records, and need not decrypt what is open already', async () => {
    const record = await key(1000);
    const earlier = await open([record]);
    const changed = { ...record, encryptedPrivateJwk: 'not needed', expiresAt: NOW };
    const ring = await open([changed, await key(2000)], earlier);
    expect(ring.standing(record.kid, NOW - 1)).toBe('GOOD');
    expect(ring.standing(record.kid, NOW)).toBeUndefined();
  });

  it('does not bring a revoked key back to life by a word in the database: its private part is erased', async () => {
    const [record, active] = [await key(1000), await key(2000)];
    const revoked = { ...record, ...REVOKED };
    const ring = await open([revoked, active], await open([record]));
    expect(ring.standing(record.kid, NOW)).toBe('REVOKED');
    await expect(open([{ ...revoked, revoked: false }, active], ring)).rejects.toThrow(/does not decrypt/);
  });

  it('does not take the key of another record for a revoked one', async () => {
    const [record, other] = [await key(1000), await key(1000)];
    const planted = { ...record, ...REVOKED, publicJwk: other.publicJwk };
    await expect(open([planted, await key(2000)])).rejects.toThrow(/the database was altered/);
  });
});
