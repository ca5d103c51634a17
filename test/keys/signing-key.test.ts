import { createHash, randomBytes } from 'node:crypto';
import { decodeProtectedHeader } from 'jose';
import { decryptPrivateJwk } from '../../src/keys/private-jwk.ts';
import { generateSigningKey, openSigningKey, reencryptPrivateJwk } from '../../src/keys/signing-key.ts';

const SECRETS = [randomBytes(32)];
const TIMES = { createdAt: 1_750_000_000_123, activeFrom: 1_750_000_120_123 };

describe('a signing key', () => {
  it('is an Ed25519 key of its times whose kid is the RFC 7638 thumbprint of its public part', async () => {
    const record = await generateSigningKey(SECRETS, TIMES);
    const { x, ...rest } = JSON.parse(record.publicJwk);
    const canonical = `{"crv":"Ed25519","kty":"OKP","x":"${x}"}`;
    expect(rest).toEqual({ kty: 'OKP', crv: 'Ed25519' });
    expect(record.kid).toBe(createHash('sha256').update(canonical).digest('base64url'));
    expect(record).toMatchObject({ ...TIMES, expiresAt: null, revoked: false });
  });

  it('is another one every time', async () => {
    const records = await Promise.all([
      generateSigningKey(SECRETS, TIMES),
      generateSigningKey(SECRETS, TIMES),
    ]);
    expect(records[0]?.kid).not.toBe(records[1]?.kid);
  });

  it('opens to a pair that signs and verifies, the private part not extractable', async () => {
    const record = await generateSigningKey(SECRETS, TIMES);
    const key = await openSigningKey(record, SECRETS);
    const text = randomBytes(40);
    const signature = await crypto.subtle.sign('Ed25519', key.privateKey, text);
    expect(await crypto.subtle.verify('Ed25519', key.publicKey, signature, text)).toBe(true);
    await expect(crypto.subtle.exportKey('jwk', key.privateKey)).rejects.toThrow();
  });
});

describe('a signing key at rest', () => {
  it('H1 is a JWE (dir, A256GCM) in which no private part can be read', async () => {
    const record = await generateSigningKey(SECRETS, TIMES);
    expect(decodeProtectedHeader(record.encryptedPrivateJwk)).toMatchObject({ alg: 'dir', enc: 'A256GCM' });
    expect(record.encryptedPrivateJwk.split('.')).toHaveLength(5);
    const { d } = await decryptPrivateJwk(record.encryptedPrivateJwk, record.kid, SECRETS);
    expect(d).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(JSON.stringify(record)).not.toContain(d);
  });

  it('opens with any secret of the list', async () => {
    const record = await generateSigningKey(SECRETS, TIMES);
    const key = await openSigningKey(record, [randomBytes(32), ...SECRETS]);
    expect(key.kid).toBe(record.kid);
  });

  it('tells the operator which setting is wrong when no secret of the list decrypts it', async () => {
    const record = await generateSigningKey(SECRETS, TIMES);
    await expect(openSigningKey(record, [randomBytes(32), randomBytes(32)])).rejects.toThrow(
      /^PORTCULLIS_SECRET does not decrypt the signing keys in the database/,
    );
  });

  it.each(['', 'not a JWE', 'e30.e30.e30.e30.e30'])(
    'refuses to open a damaged record: %j',
    async (damaged) => {
      const record = await generateSigningKey(SECRETS, TIMES);
      const altered = { ...record, encryptedPrivateJwk: damaged };
      await expect(openSigningKey(altered, SECRETS)).rejects.toThrow(/PORTCULLIS_SECRET does not decrypt/);
    },
  );

  it('refuses a record that holds the key of another one', async () => {
    const [record, other] = [
      await generateSigningKey(SECRETS, TIMES),
      await generateSigningKey(SECRETS, TIMES),
    ];
    const swapped = { ...record, encryptedPrivateJwk: other.encryptedPrivateJwk };
    await expect(openSigningKey(swapped, SECRETS)).rejects.toThrow(/the database was altered/);
  });

  it('does not take its public key from the column that anybody with the database could write', async () => {
    const [record, other] = [
      await generateSigningKey(SECRETS, TIMES),
      await generateSigningKey(SECRETS, TIMES),
    ];
    const planted = { ...record, publicJwk: other.publicJwk };
    expect((await openSigningKey(planted, SECRETS)).publicJwk).toEqual(JSON.parse(record.publicJwk));
  });
});

describe('a signing key while PORTCULLIS_SECRET changes', () => {
  const [older, newer] = [randomBytes(32), randomBytes(32)];

  it('is encrypted anew under the first secret, which then opens it alone', async () => {
    const record = await generateSigningKey([older], TIMES);
    const encryptedPrivateJwk = await reencryptPrivateJwk(record, [newer, older]);
    if (encryptedPrivateJwk === undefined) throw new Error('it was left as it is');
    const renewed = { ...record, encryptedPrivateJwk };
    expect((await openSigningKey(renewed, [newer])).kid).toBe(record.kid);
    await expect(openSigningKey(renewed, [older])).rejects.toThrow();
  });

  it('stays as it is when the first secret encrypted it', async () => {
    const record = await generateSigningKey([newer], TIMES);
    expect(await reencryptPrivateJwk(record, [newer, older])).toBeUndefined();
  });

  it('is not lost when neither secret decrypts it: that is an error', async () => {
    const record = await generateSigningKey([randomBytes(32)], TIMES);
    await expect(reencryptPrivateJwk(record, [newer, older])).rejects.toThrow(/PORTCULLIS_SECRET/);
  });
});
