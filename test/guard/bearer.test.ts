import { bearerToken } from '../../src/guard/bearer.ts';

const CASES: readonly (readonly [header: string | undefined, token: string | undefined])[] = [
  [undefined, undefined],
  ['', undefined],
  ['Basic dXNlcjpwYXNz', undefined],
  ['Bearer', ''],
  ['Bearer   ', ''],
  ['Bearer abc', 'abc'],
  ['bearer abc', 'abc'],
  ['BEARER abc', 'abc'],
  ['Bearer   abc', 'abc'],
  // What follows the scheme is the token as it came: the verifier refuses what is not in canonical form.
  ['Bearer abc ', 'abc '],
  ['Bearer abc, Bearer def', 'abc, Bearer def'],
  ['Bearerabc', undefined],
  [' Bearer abc', undefined],
  ['Bearer\tabc', undefined],
  ['abc', undefined],
];

describe('bearerToken', () => {
  it.each(CASES)('%j carries %j', (header, token) => {
    expect(bearerToken(header)).toBe(token);
  });
});
