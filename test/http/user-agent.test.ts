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

it('H1 keeps no token, also where it is cut', () => {
  const token = `pr1_${'aB3-'.repeat(18)}`;
  const jwt = `eyJ${'a'.repeat(40)}.eyJ${'b'.repeat(400)}.${'c'.repeat(86)}`;
  expect(userAgent(`Agent/1.0 (${token}) ${jwt}`)).toBe('Agent/1.0 (pr1_[redacted]) [redacted]');
  expect(userAgent(`${'x'.repeat(480)} ${token}`)).toBe(`${'x'.repeat(480)} pr1_[redacted]`);
  expect(userAgent(`Agent/1.0 (${token.slice(0, -30)}\u0000${token.slice(-30)})`)).toBe(
    'Agent/1.0 (pr1_[redacted])',
  );
});

it.each([undefined, '', '   ', '\t\u0085'])('is null for nothing: %p', (header) => {
  expect(userAgent(header)).toBeNull();
});
