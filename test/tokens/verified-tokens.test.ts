import { VerifiedTokens } from '../../src/tokens/verified-tokens.ts';

const CLAIMS = {
  subject: '018f3c5e-7d2a-7b41-9c3d-00000000000a',
  sessionId: '018f3c5e-7d2a-7b41-9c3d-00000000000b',
  tokenVersion: 1,
  authTime: 1_750_000_000,
  roles: ['USER'],
  issuedAt: 1_750_000_000,
  expiresAt: 1_750_000_300,
  tokenId: '018f3c5e-7d2a-7b41-9c3d-00000000000c',
  extra: {},
};

describe('the verified tokens', () => {
  it('are found under their own text', () => {
    const tokens = new VerifiedTokens();
    const [one, two] = [
      { kid: 'one', claims: CLAIMS },
      { kid: 'two', claims: CLAIMS },
    ];
    tokens.add('a.b.c', one);
    tokens.add('a.b.d', two);
    expect([tokens.find('a.b.c'), tokens.find('a.b.d'), tokens.find('a.b.e')]).toEqual([one, two, undefined]);
  });

  it.each([
    ['with padding', 'a.b.QUJD='],
    ['with white space', 'a.b.QUJD '],
    ['with a character that ends in the same byte', 'a.b.\u0151UJD'],
    ['with a lone surrogate', 'a.b.\ud851UJD'],
    ['with a NUL', 'a.b.QUJD\0'],
    ['cut short', 'a.b.QUJ'],
  ])('B9 are not found under another text: %s', (_title, other) => {
    const tokens = new VerifiedTokens();
    tokens.add('a.b.QUJD', { kid: 'one', claims: CLAIMS });
    expect(tokens.find('a.b.QUJD')).toBeDefined();
    expect(tokens.find(other)).toBeUndefined();
  });

  it('are no more than so many, those that were used last', () => {
    const tokens = new VerifiedTokens(3);
    const add = (token: string) => tokens.add(token, { kid: token, claims: CLAIMS });
    for (const token of ['a', 'b', 'c']) add(token);
    tokens.find('a');
    for (const token of ['d', 'e']) add(token);
    expect(['a', 'b', 'c', 'd', 'e'].filter((token) => tokens.find(token) !== undefined)).toEqual([
      'a',
      'd',
      'e',
    ]);
  });
});
