import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Refusal } from '../../src/errors/refusal.ts';
import type { StoredSigningKey } from '../../src/keys/signing-key.ts';
import { SigningKeys } from '../../src/keys/signing-keys.ts';
import { AccessTokenIssuer } from '../../src/tokens/access-token.ts';
import { AccessTokenVerifier } from '../../src/tokens/verify-access-token.ts';
import { Forge } from '../support/forgeries/forge.ts';
import { type ForgeMaterial, type Forgery, forgeries, honestTwin } from '../support/forgeries.ts';
import { type FixedKeys, KeyTable, keysOf, newKey } from '../support/keys.ts';

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
  claims: {},
  now: NOW,
  keyEpoch: 1,
  notAfter: NOW + 86_400_000,
};

interface Bench {
  readonly record: StoredSigningKey;
  readonly keys: FixedKeys;
  readonly token: string;
  readonly material: ForgeMaterial;
}

async function setUp(): Promise<Bench> {
  const record = await newKey(SECRETS, NOW);
  const keys = await keysOf([record], SECRETS);
  const issuer = new AccessTokenIssuer({ keys, issuer: ISSUER, audience: AUDIENCE, ttl: 300_000 });
  const { token } = await issuer.issue(GRANT);
  const publicJwk = JSON.parse(record.publicJwk);
  return { record, keys, token, material: { ...keys.signingKey(NOW), publicJwk, honestToken: token } };
}

function verifierOf(
  keys: Pick<FixedKeys, 'publicKey' | 'standing'>,
  change: { audience?: string[]; now?: number } = {},
): AccessTokenVerifier {
  const { audience = AUDIENCE, now = NOW } = change;
  return new AccessTokenVerifier({ keys, issuer: ISSUER, audience, clock: { now: () => now } });
}

/** How many signatures are verified from now on. */
function countSignatures(): () => number {
  const verify = jest.spyOn(crypto.subtle, 'verify');
  return () => verify.mock.calls.length;
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
    expect((await verifierOf(bench.keys).verify(bench.token)).claims).toEqual({
      subject: GRANT.userId,
      sessionId: GRANT.sessionId,
      tokenVersion: 3,
      authTime: 1_749_999_940,
      roles: ['USER', 'ADMIN'],
      issuedAt: 1_750_000_000,
      expiresAt: 1_750_000_300,
      tokenId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      extra: {},
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

  it('verifies under a retiring key until its last token is past, whatever the token says of itself', async () => {
    const retiring = { ...bench.record, expiresAt: NOW + 1_000 };
    const keys = await keysOf([retiring, await newKey(SECRETS, NOW)], SECRETS);
    const late = await new Forge(bench.material).withClaims({ exp: 1_900_000_000 });
    for (const token of [bench.token, late]) {
      expect(await verdict(verifierOf(keys, { now: NOW + 999 }), token)).toBe('ok');
      expect(await verdict(verifierOf(keys, { now: NOW + 1_000 }), token)).toBe('INVALID');
    }
  });

  it('is told from a forgery under a revoked key too, whose standing says what it is worth', async () => {
    const revoked = { ...bench.record, revoked: true, encryptedPrivateJwk: '' };
    const keys = await keysOf([revoked, await newKey(SECRETS, NOW)], SECRETS);
    const verifier = verifierOf(keys);
    expect(verifier.standing(await verifier.verify(bench.token))).toBe('REVOKED');
    expect(await verdict(verifier, `${bench.token.slice(0, -10)}AAAAAAAAAA`)).toBe('INVALID');
    const good = verifierOf(bench.keys);
    expect(good.standing(await good.verify(bench.token))).toBe('GOOD');
  });
});

describe('an access token that comes again', () => {
  afterEach(() => jest.restoreAllMocks());

  it('has its signature verified once', async () => {
    const verifier = verifierOf(bench.keys);
    const signatures = countSignatures();
    const first = await verifier.verify(bench.token);
    expect(await verifier.verify(bench.token)).toEqual(first);
    expect(signatures()).toBe(1);
    const other = await new Forge(bench.material).withClaims({ ver: 4 });
    expect(await verifier.verify(other)).toEqual({
      ...first,
      claims: { ...first.claims, tokenVersion: 4 },
    });
    expect(signatures()).toBe(2);
  });

  it('is EXPIRED when its time has come meanwhile', async () => {
    let now = NOW;
    const clock = { now: () => now };
    const verifier = new AccessTokenVerifier({ keys: bench.keys, issuer: ISSUER, audience: AUDIENCE, clock });
    expect(await verdict(verifier, bench.token)).toBe('ok');
    now = 1_750_000_299_999;
    expect(await verdict(verifier, bench.token)).toBe('ok');
    now += 1;
    expect(await verdict(verifier, bench.token)).toBe('EXPIRED');
  });

  it('has the standing that its key has by now, and is INVALID when the key is gone', async () => {
    const table = new KeyTable({ epoch: 1, keys: [bench.record] });
    const keys = await SigningKeys.open(table, SECRETS);
    const verifier = verifierOf(keys);
    const verified = await verifier.verify(bench.token);
    const active = await newKey(SECRETS, NOW + 1);
    await keys.synchronize(table.change([{ ...bench.record, revoked: true }, active]));
    expect(await verifier.verify(bench.token)).toBe(verified);
    expect(verifier.standing(verified)).toBe('REVOKED');
    await keys.synchronize(table.change([active]));
    expect(verifier.standing(verified)).toBeUndefined();
    expect(await verdict(verifier, bench.token)).toBe('INVALID');
  });

  it('is not remembered when it was refused: neither a forged one nor an expired one', async () => {
    const forged = `${bench.token.slice(0, -10)}AAAAAAAAAA`;
    const late = verifierOf(bench.keys, { now: 1_750_000_300_000 });
    const signatures = countSignatures();
    for (const token of [forged, forged, bench.token, bench.token]) await verdict(late, token);
    expect(signatures()).toBe(4);
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
      expect(await verdict(verifier, bench.token)).toBe('ok');
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
    const verifier = verifierOf(bench.keys);
    expect(await verdict(verifier, bench.token)).toBe('ok');
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), anywhere, fc.nat(6), async (piece, at, cut) => {
        const token = bench.token.slice(0, at) + piece + bench.token.slice(at + cut);
        const wanted = token === bench.token ? 'ok' : 'INVALID';
        expect(await verdict(verifier, token)).toBe(wanted);
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
