import { randomBytes } from 'node:crypto';
import { decodeBase64url } from '../../src/tokens/base64url.ts';

describe('decoding canonical base64url', () => {
  it('gives back the bytes of every length', () => {
    for (let length = 0; length < 100; length++) {
      const bytes = randomBytes(length);
      expect(decodeBase64url(bytes.toString('base64url'))).toEqual(bytes);
    }
  });

  it.each([
    'AA==',
    'AA=',
    'AB',
    'AAB',
    'A',
    'AAAAA',
    ' AAAA',
    'AAAA ',
    'AA AA',
    'AAAA\n',
    'AA\r\nAA',
    '++++',
    '////',
    'AA.AA',
    'AAA\0',
    'AAA%',
    'AAAé',
    'AAA\u0410',
    'AAAA\u200b',
  ])('refuses %j', (text) => {
    expect(decodeBase64url(text)).toBeUndefined();
  });
});
