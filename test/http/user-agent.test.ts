import { userAgent } from '../../src/http/user-agent.ts';

it('keeps an honest user agent', () => {
  const text = 'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0';
  expect(userAgent(text)).toBe(text);
});

it('cuts at 512 characters', () => {
  expect(userAgent('x'.repeat(513))).toBe('x'.repeat(512));
});

it('H2 removes control characters of both ranges', () => {
  expect(userAgent('a\u001b[31mb\u009b2Jc\td\u007fe')).toBe('a[31mb2Jcde');
});

it.each([undefined, '', '   ', '\t\u0085'])('is null for nothing: %p', (header) => {
  expect(userAgent(header)).toBeNull();
});
