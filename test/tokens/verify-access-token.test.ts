import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Refusal } from '../../src/errors/refusal.ts';
import { KeyRing } from '../../src/keys/key-ring.ts';
import { generateSigningKey, type StoredSigningKey } from '../../src/keys/signing-key.ts';
import { AccessTokenIssuer } from '../../src/tokens/access-token.ts';
import { AccessTokenVerifier } from '../../src/tokens/verify-access-token.ts';
import { Forge } from '../support/forgeries/forge.ts';
import { type ForgeMaterial, type Forgery, forgeries, honestTwin } from '../support/forgeries.ts';

const SECRETS = [randomBytes(32)];
const ISSUER = 'https://auth.example.com';
const AUDIENCE = ['https://api.example.com', 'https://reports.example.com'];
const NOW = 1_750_000_000_400;
const GRANT = {
  userId: '018f3c5e-7d2a-7b41-9c3d-00000000000a',
  sessionId: '018f3c5e-7d2a-7b41-9c3d-00000000000b',
  tokenVersion: 3,
  authenticatedAt: NOW - 60_000,
  roles: ['USER', 'ADMIN'],
  now: NOW,
  notAfter: NOW + 86_400_000,
};

interface Bench {
  readonly record: StoredSigningKey;
  readonly keys: KeyRing;
  readonly token: string;
  readonly material: ForgeMaterial;
}

async function setUp(): Promise<Bench> {
  const record = await generateSigningKey(SECRETS, NOW);
  const keys = await KeyRing.open([record], SECRETS);
  const issuer = new AccessTokenIssuer({ keys, issuer: ISSUER, audience: AUDIENCE, ttl: 300_000 });
  const { token } = await issuer.issue(GRANT);
  const publicJwk = JSON.parse(record.publicJwk);
  return { record, keys, token, material: { ...keys.signingKey(), publicJwk, honestToken: token } };
}

function verifierOf(keys: KeyRing, change: { audience?: string[]; now?: number } = {}): AccessTokenVerifier {
  const { audience = AUDIENCE, now = NOW } = change;
  return new AccessTokenVerifier({ keys, issuer: ISSUER, audience, clock: { now: () => now } });
}

/** What the verifier says: `ok` or the reason of its refusal; anything else that it throws fails the test. */
async function verdict(verifier: AccessTokenVerifier, token: string): Promise<unknown> {
  try {
    await verifier.verify(token);
    return 'ok';
  } catch (error) {
    if (error instanceof Refusal && error.code === 'UNAUTHENTICATED') return error.details['reason'];
    throw error;
  }
}

let bench: Bench;
beforeAll(async () => {
  bench = await setUp();
});

describe('an honest access token', () => {
  it('is read into its claims', async () => {
    expect(await verifierOf(bench.keys).verify(bench.token)).toEqual({
      subject: GRANT.userId,
      sessionId: GRANT.sessionId,
      tokenVersion: 3,
      authTime: 1_749_999_940,
      roles: ['USER', 'ADMIN'],
      issuedAt: 1_750_000_000,
      expiresAt: 1_750_000_300,
      tokenId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it('is accepted wherever one of its audiences is ours', async () => {
    const other = 'https://other.example.com';
    for (const audience of [AUDIENCE, AUDIENCE.slice(0, 1), AUDIENCE.slice(1), [other, ...AUDIENCE]])
      expect(await verdict(verifierOf(bench.keys, { audience }), bench.token)).toBe('ok');
    expect(await verdict(verifierOf(bench.keys, { audience: [other] }), bench.token)).toBe('INVALID');
  });

  it.each([
    ['a single audience as a text', { aud: AUDIENCE[1] }],
    ['a past nbf', { nbf: 1_750_000_000 }],
    ['a claim that we do not know', { scope: 'openid' }],
    ['a clock of another instance that is five seconds ahead', { iat: 1_750_000_005 }],
    ['a tokenVersion of zero', { ver: 0 }],
  ])('may have %s', async (_title, change) => {
    const token = await new Forge(bench.material).withClaims(change);
    expect(await verdict(verifierOf(bench.keys), token)).toBe('ok');
  });

  it('lives until its last millisecond, then it is EXPIRED', async () => {
    const end = 1_750_000_300_000;
    expect(await verdict(verifierOf(bench.keys, { now: end - 1 }), bench.token)).toBe('ok');
    expect(await verdict(verifierOf(bench.keys, { now: end }), bench.token)).toBe('EXPIRED');
  });

  it('verifies under a retiring key, and no longer once that is revoked', async () => {
    const active = await generateSigningKey(SECRETS, NOW + 1);
    const inState = async (state: StoredSigningKey['state']) =>
      verifierOf(await KeyRing.open([{ ...bench.record, state }, active], SECRETS));
    expect(await verdict(await inState('RETIRING'), bench.token)).toBe('ok');
    expect(await verdict(await inState('REVOKED'), bench.token)).toBe('INVALID');
  });
});

describe('the corpus of forged access tokens', () => {
  let corpus: Forgery[];
  beforeAll(async () => {
    corpus = await forgeries(bench.material);
  });

  it('covers every row, each forgery once', () => {
    const rows = ['B1', 'B2', 'B3', 'B4', 'B5', 'B6', 'B7', 'B8', 'B9', 'B10'];
    expect([...new Set(corpus.map(({ id }) => id))].sort()).toEqual(rows.sort());
    expect(new Set(corpus.map(({ id, name }) => `${id} ${name}`)).size).toBe(corpus.length);
    expect(corpus.length).toBeGreaterThan(300);
    expect(corpus.map(({ token }) => token)).not.toContain(bench.token);
    expect(corpus.filter(({ sendable }) => sendable).length).toBeGreaterThan(300);
  });

  it('is made by tools whose honest token is accepted', async () => {
    expect(await verdict(verifierOf(bench.keys), await honestTwin(bench.material))).toBe('ok');
  });

  it.each(['B1', 'B2', 'B3', 'B4', 'B5', 'B6', 'B7', 'B8', 'B9', 'B10'])(
    '%s denies every forgery, and still accepts the honest token',
    async (row) => {
      const verifier = verifierOf(bench.keys);
      const wanted = corpus.filter(({ id }) => id === row);
      const verdicts = await Promise.all(
        wanted.map(async ({ name, token }) => [name, await verdict(verifier, token)]),
      );
      expect(verdicts).toEqual(wanted.map(({ name, reason }) => [name, reason]));
      expect(await verdict(verifier, bench.token)).toBe('ok');
    },
  );
});

describe('anything else', () => {
  it('is denied, whatever text it is', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.array(fc.base64String({ maxLength: 60 }), { maxLength: 6 }).map((parts) => parts.join('.')),
    );
    await fc.assert(
      fc.asyncProperty(text, async (token) => {
        expect(await verdict(verifierOf(bench.keys), token)).toBe('INVALID');
      }),
      { numRuns: 500 },
    );
  });

  it('B9 is denied when it differs from the honest token in any way', async () => {
    const anywhere = fc.nat(bench.token.length);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), anywhere, fc.nat(6), async (piece, at, cut) => {
        const token = bench.token.slice(0, at) + piece + bench.token.slice(at + cut);
        const wanted = token === bench.token ? 'ok' : 'INVALID';
        expect(await verdict(verifierOf(bench.keys), token)).toBe(wanted);
      }),
      { numRuns: 1000 },
    );
  });

  it('B8 is denied when a claim has any value of another type, and never throws', async () => {
    const forge = new Forge(bench.material);
    const claim = fc.constantFrom(
      'iss',
      'sub',
      'aud',
      'exp',
      'iat',
      'jti',
      'sid',
      'ver',
      'auth_time',
      'roles',
    );
    const strange = fc.jsonValue().filter((value) => !isPlausible(value));
    await fc.assert(
      fc.asyncProperty(claim, strange, async (name, value) => {
        const token = await forge.withClaims({ [name]: value });
        expect(await verdict(verifierOf(bench.keys), token)).toBe('INVALID');
      }),
      { numRuns: 500 },
    );
  });

  it('B10 is denied when its header or its payload is any JSON but ours, and never throws', async () => {
    const forge = new Forge(bench.material);
    await fc.assert(
      fc.asyncProperty(fc.json(), fc.boolean(), async (text, isHeader) => {
        const token = isHeader ? await forge.sign(text, forge.claims) : await forge.sign(forge.header, text);
        expect(await verdict(verifierOf(bench.keys), token)).toBe('INVALID');
      }),
      { numRuns: 500 },
    );
  });
});

/** Whether some claim could have it: a count, or a list of role names. */
function isPlausible(value: unknown): boolean {
  return Number.isSafeInteger(value) || (Array.isArray(value) && value.length > 0);
}
