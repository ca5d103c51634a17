import { randomBytes } from 'node:crypto';
import { issuingKey, verifyingKeys } from '../../src/keys/secret.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('keys derived from PORTCULLIS_SECRET', () => {
  const secrets = [randomBytes(32), randomBytes(32)];
  const salt = randomBytes(32);

  it('are 32 bytes and the same for the same secret, purpose and salt', () => {
    const key = issuingKey(secrets, 'refresh-token-mac', salt);
    expect(key).toHaveLength(32);
    expect(hex(issuingKey(secrets, 'refresh-token-mac', salt))).toBe(hex(key));
  });

  it('differ by secret, by purpose and by salt, and from the secret itself', () => {
    const keys = [
      ...verifyingKeys(secrets, 'refresh-token-mac', salt),
      ...verifyingKeys(secrets, 'refresh-token-mac', randomBytes(32)),
      ...verifyingKeys(secrets, 'signing-key-encryption', salt),
      ...verifyingKeys(secrets, 'signing-key-encryption'),
      ...secrets,
    ];
    expect(new Set(keys.map(hex)).size).toBe(10);
  });

  it('issue by the first secret and verify by every one, in the order of the list', () => {
    const verifying = verifyingKeys(secrets, 'refresh-token-mac', salt).map(hex);
    expect(verifying).toHaveLength(2);
    expect(verifying[0]).toBe(hex(issuingKey(secrets, 'refresh-token-mac', salt)));
  });

  it('agree with HKDF-SHA-256 computed by another implementation', () => {
    const secret = Buffer.alloc(32, 7);
    expect(hex(issuingKey([secret], 'signing-key-encryption'))).toBe(
      '1b3b85b229a03e963e47b3df2507e3da925859ef429a2646b94c9af79f65ac4c',
    );
    expect(hex(issuingKey([secret], 'refresh-token-mac'))).toBe(
      '22ed49ffc33bf1071c9ad883a7d7f9578fc5a24b1ee0d87daa6c62291d3d3180',
    );
  });

  it('refuse an empty list', () => {
    expect(() => issuingKey([], 'refresh-token-mac')).toThrow(RangeError);
  });
});
