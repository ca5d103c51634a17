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
