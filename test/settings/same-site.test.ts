import { isSameSite } from '../../src/settings/same-site.ts';

describe('same-site', () => {
  it.each([
    ['https://auth.example.com', 'https://app.example.com:8443'],
    ['https://example.co.uk', 'https://a.b.example.co.uk'],
    ['http://localhost:4000', 'http://localhost:3000'],
    ['http://127.0.0.1:4000', 'http://127.0.0.1:3000'],
    ['http://[::1]:4000', 'http://[::1]:3000'],
    ['https://me.github.io', 'https://me.github.io'],
  ])('%s and %s', (one, other) => {
    expect(isSameSite(one, other)).toBe(true);
  });

  it.each([
    ['https://auth.example.com', 'http://app.example.com'],
    ['https://example.com', 'https://example.org'],
    ['https://one.co.uk', 'https://two.co.uk'],
    ['https://one.github.io', 'https://two.github.io'],
    ['http://localhost:4000', 'http://127.0.0.1:4000'],
    ['http://127.0.0.1:4000', 'http://127.0.0.2:4000'],
    ['http://[::1]:4000', 'http://localhost:4000'],
  ])('not %s and %s', (one, other) => {
    expect(isSameSite(one, other)).toBe(false);
  });
});
