import { randomBytes } from 'node:crypto';
import { Refusal, unavailable } from '../../src/errors/refusal.ts';
import type { SessionState } from '../../src/guard/caller.ts';
import {
  authenticateBearer,
  confirmedSessionId,
  type GuardServices,
  verifiedSessionId,
} from '../../src/guard/guard.ts';
import { authorize } from '../../src/guard/requirement.ts';
import { AccessTokenIssuer } from '../../src/tokens/access-token.ts';
import { AccessTokenVerifier } from '../../src/tokens/verify-access-token.ts';
import { keysOf, newKey } from '../support/keys.ts';

const NOW = 1_750_000_000_000;
const TTL = 300_000;
const USER_ID = '018f3c5e-7d2a-7b41-9c3d-00000000000a';
const SESSION_ID = '018f3c5e-7d2a-7b41-9c3d-00000000000b';
const OTHER_ID = '018f3c5e-7d2a-7b41-9c3d-00000000000c';

/** Everything that can be wrong with a call, apart from one another. */
interface Faults {
  readonly missing?: boolean;
  readonly forged?: boolean;
  readonly expired?: boolean;
  readonly unknownSession?: boolean;
  readonly otherUser?: boolean;
  readonly ended?: boolean;
  readonly stale?: boolean;
  readonly revokedKey?: boolean;
  readonly noAdmin?: boolean;
  readonly longAgo?: boolean;
}

/** From what is denied first to what is denied last, each with what the client is told. */
const ORDER: readonly (readonly [fault: keyof Faults, told: object])[] = [
  ['missing', { code: 'UNAUTHENTICATED', details: { reason: 'MISSING' } }],
  ['forged', { code: 'UNAUTHENTICATED', details: { reason: 'INVALID' } }],
  ['expired', { code: 'UNAUTHENTICATED', details: { reason: 'EXPIRED' } }],
  ['unknownSession', { code: 'UNAUTHENTICATED', details: { reason: 'INVALID' } }],
  ['otherUser', { code: 'UNAUTHENTICATED', details: { reason: 'INVALID' } }],
  [
    'ended',
    {
      code: 'UNAUTHENTICATED',
      details: {
        reason: 'SESSION_ENDED',
        endReason: 'REVOKED_BY_ADMIN',
        endedAt: new Date(NOW - 1_000).toISOString(),
      },
    },
  ],
  ['stale', { code: 'UNAUTHENTICATED', details: { reason: 'STALE' } }],
  ['revokedKey', { code: 'UNAUTHENTICATED', details: { reason: 'STALE' } }],
  ['noAdmin', { code: 'FORBIDDEN' }],
  ['longAgo', { code: 'REAUTHENTICATION_REQUIRED', details: { maxAge: 900 } }],
];

let issuer: AccessTokenIssuer;
let revokedIssuer: AccessTokenIssuer;
let verifierAt: (now: number) => AccessTokenVerifier;
beforeAll(async () => {
  const secrets = [randomBytes(32)];
  const [active, revoked] = [await newKey(secrets, NOW), await newKey(secrets, NOW)];
  const keys = await keysOf([active, { ...revoked, revoked: true }], secrets);
  const names = { keys, issuer: 'https://auth.example.com', audience: ['https://api.example.com'] };
  issuer = new AccessTokenIssuer({ ...names, ttl: TTL });
  revokedIssuer = new AccessTokenIssuer({ ...names, keys: await keysOf([revoked], secrets), ttl: TTL });
  verifierAt = (now) => new AccessTokenVerifier({ ...names, clock: { now: () => now } });
});

function stateWith(faults: Faults): SessionState | undefined {
  if (faults.unknownSession) return undefined;
  const userId = faults.otherUser ? OTHER_ID : USER_ID;
  const ending = faults.ended
    ? { endedAt: NOW - 1_000, endReason: 'REVOKED_BY_ADMIN' as const }
    : { endedAt: null, endReason: null };
  return {
    session: { id: SESSION_ID, userId, ...ending, idleExpiresAt: NOW + 1, expiresAt: NOW + 1 },
    user: {
      id: userId,
      email: 'ada@example.com',
      displayName: null,
      roles: faults.noAdmin ? ['USER'] : ['USER', 'ADMIN'],
      status: 'ACTIVE',
      tokenVersion: faults.stale ? 4 : 3,
      createdAt: 0,
    },
  };
}

async function headerWith(faults: Faults): Promise<string | undefined> {
  if (faults.missing) return undefined;
  const { token } = await (faults.revokedKey ? revokedIssuer : issuer).issue({
    userId: USER_ID,
    sessionId: SESSION_ID,
    tokenVersion: 3,
    authenticatedAt: faults.longAgo ? NOW - 3_600_000 : NOW,
    roles: ['USER', 'ADMIN'],
    now: faults.expired ? NOW - TTL : NOW,
    keyEpoch: 1,
    notAfter: NOW + TTL,
  });
  return `Bearer ${faults.forged ? `${token.slice(0, -20)}${'A'.repeat(20)}` : token}`;
}

const listener = { checked: () => undefined, denied: () => undefined };

function services(load: (sessionId: string) => Promise<SessionState | undefined>): GuardServices {
  return {
    accessTokens: verifierAt(NOW),
    states: { load },
    clock: { now: () => NOW },
    revocations: undefined,
    listener,
  };
}

/** A call of a field that wants an admin who proved their password within a quarter of an hour. */
async function call(faults: Faults): Promise<unknown> {
  const guard = services(async (id) => (id === SESSION_ID ? stateWith(faults) : undefined));
  try {
    const caller = await authenticateBearer(guard, await headerWith(faults));
    const roles = [{ name: 'ADMIN', heldBy: ['ADMIN'] }];
    authorize(caller, { roles, maxAge: 900, conditions: [], isPlain: false }, NOW);
    return caller;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

describe('the guard', () => {
  it('lets a caller with nothing wrong through, with token, session and user', async () => {
    expect(await call({})).toMatchObject({
      claims: { subject: USER_ID, sessionId: SESSION_ID, tokenVersion: 3 },
      session: { id: SESSION_ID },
      user: { id: USER_ID, email: 'ada@example.com' },
    });
  });

  it.each(ORDER)('denies what is only %s', async (fault, told) => {
    expect(await call({ [fault]: true })).toMatchObject(told);
  });

  it.each(ORDER)('denies %s first, whatever else of a lower rank is wrong as well', async (fault, told) => {
    const rank = ORDER.findIndex(([name]) => name === fault);
    const lower = ORDER.slice(rank).map(([name]) => name);
    for (const other of lower) expect(await call({ [fault]: true, [other]: true })).toMatchObject(told);
    expect(await call(Object.fromEntries(lower.map((name) => [name, true])))).toMatchObject(told);
  });

  it('does not look for the session of a token that proves nothing', async () => {
    const asked: string[] = [];
    const guard = services(async (id) => {
      asked.push(id);
      return undefined;
    });
    for (const faults of [{ missing: true }, { forged: true }, { expired: true }])
      await expect(authenticateBearer(guard, await headerWith(faults))).rejects.toBeInstanceOf(Refusal);
    expect(asked).toEqual([]);
  });

  it('never says "signed out" when the state cannot be read', async () => {
    const guard = services(() => Promise.reject(unavailable()));
    const denied = authenticateBearer(guard, await headerWith({}));
    await expect(denied).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});

describe('verifiedSessionId', () => {
  it('is the session of a token that verifies, whatever has become of the session', async () => {
    const guard = services(() => Promise.reject(new Error('nobody asks')));
    expect(await verifiedSessionId(guard, await headerWith({}))).toBe(SESSION_ID);
  });

  it('is nothing for the token of a revoked key', async () => {
    const guard = services(async () => stateWith({}));
    expect(await verifiedSessionId(guard, await headerWith({ revokedKey: true }))).toBeUndefined();
    expect(await confirmedSessionId(guard, await headerWith({ revokedKey: true }))).toBeUndefined();
  });

  it('is nothing for every bearer that does not verify', async () => {
    const guard = services(async () => undefined);
    const headers = [
      await headerWith({ missing: true }),
      await headerWith({ forged: true }),
      await headerWith({ expired: true }),
      'Bearer',
      'Basic eDp5',
    ];
    for (const header of headers) {
      expect(await verifiedSessionId(guard, header)).toBeUndefined();
      expect(await confirmedSessionId(guard, header)).toBeUndefined();
    }
  });
});

describe('confirmedSessionId', () => {
  it('is the session of a token whose keys were asked for together with the session', async () => {
    const asked: string[] = [];
    const guard = services(async (id) => {
      asked.push(id);
      return stateWith({ ended: true });
    });
    expect(await confirmedSessionId(guard, await headerWith({}))).toBe(SESSION_ID);
    expect(asked).toEqual([SESSION_ID]);
  });

  it('is not known while that cannot be asked', async () => {
    const guard = services(() => Promise.reject(unavailable()));
    const unknown = confirmedSessionId(guard, await headerWith({}));
    await expect(unknown).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
