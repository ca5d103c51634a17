import type { Caller } from '../../src/guard/caller.ts';
import { authorize, type Requirement, sumOf } from '../../src/guard/requirement.ts';

const AUTH_TIME = 1_750_000_000;

function caller(roles: Caller['user']['roles'], claimed = roles): Caller {
  const id = '018f3c5e-7d2a-7b41-9c3d-00000000000a';
  const life = { endedAt: null, endReason: null, idleExpiresAt: 1, expiresAt: 1 };
  return {
    session: { id, userId: id, ...life },
    user: { id, email: null, displayName: null, roles, status: 'ACTIVE', tokenVersion: 1, createdAt: 0 },
    claims: {
      subject: id,
      sessionId: id,
      tokenVersion: 1,
      authTime: AUTH_TIME,
      roles: claimed,
      expiresAt: AUTH_TIME + 300,
    } as Caller['claims'],
  };
}

const HELD_BY = { USER: ['USER', 'ADMIN'], ADMIN: ['ADMIN'] };

function requires(
  role: keyof typeof HELD_BY,
  maxAge?: number,
  conditions: readonly string[] = [],
): Requirement {
  const isPlain = role === 'USER' && maxAge === undefined && conditions.length === 0;
  return { roles: [{ name: role, heldBy: HELD_BY[role] }], maxAge, conditions, isPlain };
}

/** What is asked, of whom, so many milliseconds after they proved their password, and the code of the denial. */
const DECISIONS: readonly (readonly [Requirement, Caller, number, string | undefined])[] = [
  [requires('USER'), caller(['USER']), 0, undefined],
  [requires('USER'), caller(['USER', 'ADMIN']), 0, undefined],
  [requires('USER'), caller(['ADMIN']), 0, undefined],
  [requires('USER'), caller([]), 0, 'FORBIDDEN'],
  [requires('ADMIN'), caller(['USER', 'ADMIN']), 0, undefined],
  [requires('ADMIN'), caller(['USER']), 0, 'FORBIDDEN'],
  // The row decides, not what the token once said.
  [requires('ADMIN'), caller(['USER'], ['USER', 'ADMIN']), 0, 'FORBIDDEN'],
  [requires('USER', 900), caller(['USER']), 0, undefined],
  [requires('USER', 900), caller(['USER']), 900_000, undefined],
  [requires('USER', 900), caller(['USER']), 900_001, 'REAUTHENTICATION_REQUIRED'],
  [requires('USER', 0), caller(['USER']), 1, 'REAUTHENTICATION_REQUIRED'],
  // An instance whose clock is a little behind the one that issued the token.
  [requires('USER', 0), caller(['USER']), -3_000, undefined],
  [requires('ADMIN', 900), caller(['USER']), 900_001, 'FORBIDDEN'],
  [requires('ADMIN', 900), caller(['ADMIN']), 900_001, 'REAUTHENTICATION_REQUIRED'],
];

describe('authorize', () => {
  it.each(DECISIONS)('%j of %j after %i ms: %s', (requirement, who, ms, code) => {
    const decide = () => authorize(who, requirement, AUTH_TIME * 1000 + ms);
    if (code === undefined) expect(decide).not.toThrow();
    else expect(decide).toThrow(expect.objectContaining({ code }));
  });

  it('tells the age that was allowed', () => {
    const decide = () => authorize(caller(['USER']), requires('USER', 60), (AUTH_TIME + 61) * 1000);
    expect(decide).toThrow(expect.objectContaining({ details: { maxAge: 60 } }));
  });
});

describe('sumOf', () => {
  const rolesOf = (...requirements: Requirement[]) => sumOf(requirements).roles.map(({ name }) => name);

  it('asks for every role that one of them asks for, each once', () => {
    expect(sumOf([requires('USER')])).toEqual(requires('USER'));
    expect(rolesOf(requires('USER'), requires('ADMIN'))).toEqual(['USER', 'ADMIN']);
    expect(rolesOf(requires('ADMIN'), requires('USER'), requires('ADMIN'))).toEqual(['ADMIN', 'USER']);
  });

  it('takes the lowest maxAge', () => {
    expect(sumOf([requires('USER', 60), requires('USER', 900)])).toEqual(requires('USER', 60));
    expect(sumOf([requires('USER', 0), requires('USER', 900)])).toEqual(requires('USER', 0));
    expect(sumOf([requires('USER', 900), requires('ADMIN')]).maxAge).toBe(900);
  });

  it('asks for every condition, each once', () => {
    const sum = sumOf([
      requires('USER', undefined, ['OWNER']),
      requires('USER', undefined, ['PAID', 'OWNER']),
    ]);
    expect(sum.conditions).toEqual(['OWNER', 'PAID']);
  });

  it('is plain where all of them are', () => {
    expect(sumOf([requires('USER'), requires('USER')]).isPlain).toBe(true);
    expect(sumOf([requires('USER'), requires('USER', 60)]).isPlain).toBe(false);
    expect(sumOf([requires('USER', undefined, ['OWNER']), requires('USER')]).isPlain).toBe(false);
  });
});
