import { randomBytes } from 'node:crypto';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { AccessTokenIssuer } from '../../src/tokens/access-token.ts';
import { type FixedKeys, keysOf, newKey } from '../support/keys.ts';

const ISSUER = 'https://auth.example.com';
const NOW = 1_750_000_000_900;
const GRANT = {
  userId: '018f3c5e-7d2a-7b41-9c3d-000000000001',
  sessionId: '018f3c5e-7d2a-7b41-9c3d-000000000002',
  tokenVersion: 3,
  authenticatedAt: NOW - 60_000,
  roles: ['USER', 'ADMIN'],
  claims: {},
  now: NOW,
  keyEpoch: 1,
  notAfter: NOW + 86_400_000,
};

async function someKeys(): Promise<FixedKeys> {
  const secrets = [randomBytes(32)];
  return keysOf([await newKey(secrets, NOW)], secrets);
}

async function issuerOf(change: { audience?: string[]; ttl?: number; keys?: FixedKeys } = {}) {
  const keys = change.keys ?? (await someKeys());
  return new AccessTokenIssuer({ issuer: ISSUER, audience: [ISSUER], ttl: 300_000, ...change, keys });
}

describe('an access token', () => {
  it('has the header of the contract and nothing else', async () => {
    const keys = await someKeys();
    const { token } = await (await issuerOf({ keys })).issue(GRANT);
    expect(decodeProtectedHeader(token)).toEqual({
      alg: 'EdDSA',
      typ: 'at+jwt',
      kid: keys.signingKey(NOW).kid,
    });
  });

  it('has the claims of the contract and nothing else', async () => {
    const { token } = await (await issuerOf()).issue(GRANT);
    expect(decodeJwt(token)).toEqual({
      iss: ISSUER,
      aud: ISSUER,
      sub: GRANT.userId,
      sid: GRANT.sessionId,
      ver: 3,
      auth_time: 1_749_999_940,
      roles: ['USER', 'ADMIN'],
      iat: 1_750_000_000,
      exp: 1_750_000_300,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it('verifies with the published key set in an application that knows only that', async () => {
    const keys = await someKeys();
    const { token } = await (await issuerOf({ keys })).issue(GRANT);
    const published = await keys.jwks(NOW);
    const jwks = createLocalJWKSet({ keys: published.keys.map((key) => ({ ...key })) });
    const options = { issuer: ISSUER, audience: ISSUER, typ: 'at+jwt', currentDate: new Date(NOW) };
    expect((await jwtVerify(token, jwks, options)).payload.sub).toBe(GRANT.userId);
  });

  it('names every audience when there are several', async () => {
    const audience = ['https://one.example.com', 'https://two.example.com'];
    const { token } = await (await issuerOf({ audience })).issue(GRANT);
    expect(decodeJwt(token).aud).toEqual(audience);
  });

  it('has an id of its own', async () => {
    const issuer = await issuerOf();
    const ids = await Promise.all([issuer.issue(GRANT), issuer.issue(GRANT)]);
    expect(new Set(ids.map(({ token }) => decodeJwt(token).jti)).size).toBe(2);
  });

  it('tells its client how many seconds it lasts', async () => {
    expect((await (await issuerOf()).issue(GRANT)).expiresIn).toBe(300);
  });
});

describe('the expiry of an access token', () => {
  it("never passes the session's deadline, its fraction of a second neither", async () => {
    const { token, expiresIn } = await (await issuerOf()).issue({ ...GRANT, notAfter: NOW + 10_050 });
    expect(decodeJwt(token).exp).toBe(1_750_000_010);
    expect(expiresIn).toBe(10);
  });

  it('is a whole second for any lifetime and deadline', async () => {
    const issuer = await issuerOf({ ttl: 1_000 });
    for (const fraction of [0, 1, 500, 999]) {
      const now = 1_750_000_000_000 + fraction;
      const { token } = await issuer.issue({ ...GRANT, now, notAfter: now + 333 });
      const { exp = 0 } = decodeJwt(token);
      expect(Number.isInteger(exp)).toBe(true);
      expect(exp * 1000).toBeLessThanOrEqual(now + 333);
    }
  });

  it('is never told as a negative number', async () => {
    expect((await (await issuerOf()).issue({ ...GRANT, notAfter: NOW - 5_000 })).expiresIn).toBe(0);
  });
});
