import { checkPassword, refuseUnhashable } from '../../src/accounts/password-policy.ts';

function problemOf(check: () => void): unknown {
  try {
    check();
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ code: 'BAD_USER_INPUT', details: { field: 'password' } });
    return (error as { details: Record<string, unknown> }).details['problem'];
  }
}

const PASSWORDS: readonly (readonly [password: string, problem: string | undefined, why: string])[] = [
  ['a'.repeat(11), 'TOO_SHORT', 'one below the least'],
  ['a'.repeat(12), undefined, 'the least, of one character'],
  ['😀'.repeat(11), 'TOO_SHORT', 'emoji count as one each, though they are two units'],
  ['😀'.repeat(12), undefined, 'and twelve of them are enough'],
  [' '.repeat(12), undefined, 'spaces are characters'],
  ['', 'TOO_SHORT', 'nothing'],
  ['a'.repeat(1024), undefined, 'the longest'],
  ['a'.repeat(1025), 'TOO_LONG', 'one above the longest'],
  [`${'a'.repeat(12)}\ud800`, 'MALFORMED', 'half of a surrogate pair'],
];

describe('checkPassword', () => {
  it.each(PASSWORDS)('%j: %s (%s)', (password, problem) => {
    expect(problemOf(() => checkPassword(password, 12))).toBe(problem);
  });

  it('takes the least length from the settings', () => {
    expect(problemOf(() => checkPassword('eight888', 8))).toBeUndefined();
    expect(problemOf(() => checkPassword('a'.repeat(63), 64))).toBe('TOO_SHORT');
  });
});

describe('refuseUnhashable', () => {
  it('lets a short one through: it may be wrong, but it can be compared', () => {
    expect(problemOf(() => refuseUnhashable(''))).toBeUndefined();
    expect(problemOf(() => refuseUnhashable('\udfff'))).toBe('MALFORMED');
    expect(problemOf(() => refuseUnhashable('a'.repeat(1025)))).toBe('TOO_LONG');
  });
});
