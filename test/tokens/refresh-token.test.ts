import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { parseRefreshToken, RefreshTokenMac } from '../../src/tokens/refresh-token.ts';

const SECRET = randomBytes(32);
const SESSION = {
  sessionId: '018f3c5e-7d2a-7b41-9c3d-0123456789ab',
  sessionSecret: randomBytes(32),
  generation: 7,
  branch: 2,
};
const mac = new RefreshTokenMac([SECRET]);

function verifies(text: string, sessionSecret = SESSION.sessionSecret, by = mac): boolean {
  const token = parseRefreshToken(text);
  return token !== undefined && by.verify(token, sessionSecret);
}

describe('a refresh token', () => {
  it('is pr1_ and 72 characters of base64url, and says which link of which session it is', () => {
    const text = mac.issue(SESSION);
    const { sessionId, generation, branch } = SESSION;
    expect(text).toMatch(/^pr1_[A-Za-z0-9_-]{72}$/);
    expect(parseRefreshToken(text)).toMatchObject({ sessionId, generation, branch });
    expect(verifies(text)).toBe(true);
  });

  it('is laid out as id, generation and branch in network order, and the MAC', () => {
    const bytes = Buffer.from(mac.issue(SESSION).slice(4), 'base64url');
    expect(bytes).toHaveLength(54);
    expect(bytes.subarray(0, 22).toString('hex')).toBe('018f3c5e7d2a7b419c3d0123456789ab000000070002');
  });

  it('is the same text whenever the same successor is issued again', () => {
    expect(mac.issue(SESSION)).toBe(new RefreshTokenMac([SECRET]).issue(SESSION));
  });

  it('survives the round trip for every position that the format holds', () => {
    const position = fc.record({
      sessionId: fc.uuid(),
      sessionSecret: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      generation: fc.oneof(fc.constantFrom(0, 0xffff_ffff), fc.integer({ min: 0, max: 0xffff_ffff })),
      branch: fc.oneof(fc.constantFrom(0, 0xffff), fc.integer({ min: 0, max: 0xffff })),
    });
    fc.assert(
      fc.property(position, ({ sessionSecret, ...at }) => {
        const token = parseRefreshToken(mac.issue({ sessionSecret, ...at }));
        expect(token).toMatchObject(at);
        expect(token && mac.verify(token, sessionSecret)).toBe(true);
      }),
    );
  });

  it.each([
    { generation: 0x1_0000_0000 },
    { generation: -1 },
    { generation: 1.5 },
    { generation: Number.NaN },
    { branch: 0x1_0000 },
    { branch: -1 },
    { branch: 0.5 },
    { sessionId: 'not-a-uuid' },
    { sessionId: '018f3c5e7d2a7b419c3d0123456789ab' },
  ])('is not issued for a position that does not fit: %j', (change) => {
    expect(() => mac.issue({ ...SESSION, ...change })).toThrow(RangeError);
  });
});

describe('the MAC of a refresh token', () => {
  it('C11 denies a token of which any bit was changed', () => {
    const honest = mac.issue(SESSION);
    const bytes = Buffer.from(honest.slice(4), 'base64url');
    expect(verifies(honest)).toBe(true);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const tampered = Buffer.from(bytes);
      tampered[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(verifies(`pr1_${tampered.toString('base64url')}`)).toBe(false);
    }
  });

  it('C11 denies a random token that names the session', () => {
    const id = Buffer.from(SESSION.sessionId.replaceAll('-', ''), 'hex');
    for (let round = 0; round < 100; round++)
      expect(verifies(`pr1_${Buffer.concat([id, randomBytes(38)]).toString('base64url')}`)).toBe(false);
  });

  it("C11 needs the session's own secret and PORTCULLIS_SECRET, both", () => {
    const honest = mac.issue(SESSION);
    expect(verifies(honest)).toBe(true);
    expect(verifies(honest, randomBytes(32))).toBe(false);
    expect(verifies(honest, SESSION.sessionSecret, new RefreshTokenMac([randomBytes(32)]))).toBe(false);
  });

  it('C11 is not carried over to another session, generation or branch', () => {
    const token = parseRefreshToken(mac.issue(SESSION));
    if (token === undefined) throw new Error('the honest token does not parse');
    const moved = [{ sessionId: randomUUID() }, { generation: 8 }, { branch: 3 }];
    expect(mac.verify(token, SESSION.sessionSecret)).toBe(true);
    for (const change of moved)
      expect(mac.verify({ ...token, ...change }, SESSION.sessionSecret)).toBe(false);
  });

  it('is made by the first secret and accepted from every one while PORTCULLIS_SECRET changes', () => {
    const [older, newer] = [new RefreshTokenMac([SECRET]), randomBytes(32)];
    const changing = new RefreshTokenMac([newer, SECRET]);
    const changed = new RefreshTokenMac([newer]);
    expect(verifies(older.issue(SESSION), SESSION.sessionSecret, changing)).toBe(true);
    expect(verifies(changing.issue(SESSION), SESSION.sessionSecret, changing)).toBe(true);
    expect(verifies(changing.issue(SESSION), SESSION.sessionSecret, changed)).toBe(true);
    expect(verifies(older.issue(SESSION), SESSION.sessionSecret, changed)).toBe(false);
  });
});

describe('parsing a refresh token', () => {
  const honest = mac.issue(SESSION);
  const body = honest.slice(4);

  it.each([
    ['nothing', ''],
    ['the label alone', 'pr1_'],
    ['no label', body],
    ['another version', `pr2_${body}`],
    ['the label in upper case', `PR1_${body}`],
    ['one character less', honest.slice(0, -1)],
    ['one character more', `${honest}A`],
    ['one byte less', honest.slice(0, -2)],
    ['a space before', ` ${honest}`],
    ['a space after', `${honest} `],
    ['a newline after', `${honest}\n`],
    ['a newline inside', `${honest.slice(0, 40)}\n${honest.slice(40)}`],
    ['padding', `${honest}==`],
    ['padding in place of characters', `${honest.slice(0, -2)}==`],
    ['the standard alphabet', `pr1_${'+/'.repeat(36)}`],
    ['a letter of another script', `${honest.slice(0, -1)}\u0430`],
    ['a NUL', `${honest.slice(0, -1)}\0`],
    ['an access token', 'eyJhbGciOiJFZERTQSJ9.e30.AAAA'],
    ['a megabyte', `pr1_${'A'.repeat(1_000_000)}`],
  ])('refuses %s', (_title, text) => {
    expect(parseRefreshToken(honest)).toBeDefined();
    expect(parseRefreshToken(text)).toBeUndefined();
  });

  it('knows exactly one text for each token', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(76), fc.nat(4), (piece, at, cut) => {
        const text = honest.slice(0, at) + piece + honest.slice(at + cut);
        const token = parseRefreshToken(text);
        expect(token !== undefined && mac.verify(token, SESSION.sessionSecret)).toBe(text === honest);
      }),
      { numRuns: 2000 },
    );
  });
});
