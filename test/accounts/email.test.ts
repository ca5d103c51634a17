import fc from 'fast-check';
import { normalizeEmail, parseEmail } from '../../src/accounts/email.ts';

describe('the spelling of an e-mail', () => {
  it.each([
    [' Admin@Example.COM\n', 'admin@example.com'],
    ['a\u0301dmin@example.com', '\u00e1dmin@example.com'],
    ['T\u0308@example.com', '\u1e97@example.com'],
  ])('%j is %j', (typed, stored) => {
    expect(normalizeEmail(typed)).toBe(stored);
  });

  it('is not composed when it is too long for an e-mail: half a million marks take minutes', () => {
    const marks = 'e\u0301\u0316'.repeat(170_000);
    expect(normalizeEmail(` A${marks} `)).toBe(`a${marks}`);
    expect(() => parseEmail(`${marks}@b.cd`)).toThrow(
      expect.objectContaining({ details: { field: 'email', problem: 'TOO_LONG' } }),
    );
    // Four code points each, which NFC makes one.
    const longest = '\u03b1\u0313\u0300\u0345'.repeat(249);
    expect(parseEmail(`${longest}@b.cd`)).toBe(`${'\u1f82'.repeat(249)}@b.cd`);
  });

  it('is its own spelling, and NFC', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const once = normalizeEmail(text);
        expect(normalizeEmail(once)).toBe(once);
        expect(once).toBe(once.normalize('NFC'));
      }),
    );
  });

  it.each([
    '',
    'admin',
    '@',
    'a@',
    '@b',
    'a b@c',
    'a@b@c',
    'a\u0000@b',
    '\ud800@b',
    `${'a'.repeat(250)}@b.cd`,
  ])('%j is none', (text) => {
    expect(() => parseEmail(text)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
    expect(parseEmail('a@b')).toBe('a@b');
  });
});
