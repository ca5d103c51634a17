import { randomBytes } from 'node:crypto';
import { decodeJwt } from 'jose';
import { AccessTokenIssuer } from '../../src/tokens/access-token.ts';
import { extraClaims, MOST_BYTES } from '../../src/tokens/extra-claims.ts';
import { AccessTokenVerifier } from '../../src/tokens/verify-access-token.ts';
import { keysOf, newKey } from '../support/keys.ts';

const NOW = 1_750_000_000_000;
const SECRETS = [randomBytes(32)];

/** Of one letter, so long that it and its name are as many bytes of JSON. */
function claimOf(bytes: number): object {
  return { a: 'x'.repeat(bytes - '{"a":""}'.length) };
}

describe('extra claims', () => {
  it('may be whatever JSON can say', () => {
    const claims = { plan: 'pro', seats: 3.5, trial: false, none: null, tags: ['a', [1]], org: { id: 'é' } };
    expect(extraClaims(claims)).toEqual(claims);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['an empty object', {}],
    ['a member that is undefined', { plan: undefined }],
  ])('are none: %s', (_title, given) => {
    expect(extraClaims(given)).toEqual({});
  });

  it('are copied, deeply', () => {
    const given = { org: { id: 1 } };
    const claims = extraClaims(given);
    given.org.id = 2;
    expect(claims).toEqual({ org: { id: 1 } });
  });

  it.each([
    ['a text', 'admin'],
    ['a list', ['admin']],
    ['an object of a class', new Map()],
    ['a date', { since: new Date(0) }],
    ['a function', { can: () => true }],
    ['a symbol', { mark: Symbol('a') }],
    ['a big integer', { id: 1n }],
    ['a number that JSON does not have', { score: Number.NaN }],
    ['undefined in a list', { tags: [undefined] }],
  ])('are not %s', (_title, given) => {
    expect(() => extraClaims(given)).toThrow(/must be an object|is not JSON/);
  });

  it('end, where an object holds itself', () => {
    const circle: Record<string, unknown> = {};
    circle['again'] = circle;
    expect(() => extraClaims({ circle })).toThrow(
      'The extra claim circle.again.again.again.again.again.again.again nests deeper than 8 levels.',
    );
  });

  it.each(['iss', 'sub', 'exp', 'roles', 'sid', 'ver', 'auth_time', 'scope', 'client_id', 'active'])(
    'are not named %s',
    (name) => {
      expect(() => extraClaims({ plan: 'pro', [name]: 'x' })).toThrow(
        `Extra claims must not have the names ${name}.`,
      );
    },
  );

  it('are bounded, in bytes', () => {
    expect(extraClaims(claimOf(MOST_BYTES))).toEqual(claimOf(MOST_BYTES));
    expect(() => extraClaims(claimOf(MOST_BYTES + 1))).toThrow('at most 1024 bytes as JSON; they have 1025.');
    expect(() => extraClaims({ a: 'é'.repeat(600) })).toThrow('they have 1208.');
  });
});

describe('a token with extra claims', () => {
  /** As long as the settings allow. */
  const issuer = `https://${'a'.repeat(733)}.example`;
  const audience = [`https://${'b'.repeat(728)}.example`];
  const issue = async (claims: object) => {
    const keys = await keysOf([await newKey(SECRETS, NOW)], SECRETS);
    const { token } = await new AccessTokenIssuer({ keys, issuer, audience, ttl: 300_000 }).issue({
      userId: '018f3c5e-7d2a-7b41-9c3d-00000000000a',
      sessionId: '018f3c5e-7d2a-7b41-9c3d-00000000000b',
      tokenVersion: 2 ** 31,
      authenticatedAt: NOW,
      roles: ['USER', 'ADMIN'],
      claims: extraClaims(claims),
      now: NOW,
      keyEpoch: 1,
      notAfter: NOW + 86_400_000,
    });
    const verifier = new AccessTokenVerifier({ keys, issuer, audience, clock: { now: () => NOW } });
    return { token, verified: await verifier.verify(token) };
  };

  it('verifies, even where all of it is as long as it may be', async () => {
    const { token, verified } = await issue(claimOf(MOST_BYTES));
    expect(JSON.stringify([issuer, ...audience]).length).toBe(1500);
    expect(token.length).toBeGreaterThan(3700);
    expect(verified.claims.extra).toEqual(claimOf(MOST_BYTES));
  });

  it('says to other services what was given, and to ours who calls by our claims', async () => {
    const { token, verified } = await issue({ plan: 'pro' });
    expect(decodeJwt(token)).toMatchObject({ plan: 'pro', ver: 2 ** 31, roles: ['USER', 'ADMIN'] });
    expect(verified.claims).toMatchObject({ roles: ['USER', 'ADMIN'], extra: { plan: 'pro' } });
  });

  it('is kept for the next request, and no reader of it can change what the next one reads', async () => {
    const { verified } = await issue({ org: { ids: [1] } });
    const org = verified.claims.extra['org'] as { ids: number[] };
    expect(() => org.ids.push(2)).toThrow(TypeError);
    expect(() => Object.assign(verified.claims.extra, { plan: 'pro' })).toThrow(TypeError);
  });
});
