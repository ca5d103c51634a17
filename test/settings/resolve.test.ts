import { loadSettings } from '../../src/settings/load.ts';
import { resolveAddresses } from '../../src/settings/resolve.ts';

function addresses(env: NodeJS.ProcessEnv, boundPort = 4000) {
  return resolveAddresses(loadSettings(env), boundPort);
}

describe('the addresses of the bound port', () => {
  it('default to localhost, with every loopback spelling as an origin', () => {
    expect(addresses({ PORT: '0' }, 43_210)).toEqual({
      issuer: 'http://localhost:43210',
      audience: ['http://localhost:43210'],
      allowedOrigins: ['http://localhost:43210', 'http://127.0.0.1:43210', 'http://[::1]:43210'],
      cookieSecure: false,
    });
  });

  it('leave out the default port, as browsers do', () => {
    expect(addresses({ PORT: '80' }, 80)).toMatchObject({
      issuer: 'http://localhost',
      allowedOrigins: ['http://localhost', 'http://127.0.0.1', 'http://[::1]'],
    });
  });

  it('follow ISSUER', () => {
    expect(addresses({ ISSUER: 'https://example.com/auth' })).toEqual({
      issuer: 'https://example.com/auth',
      audience: ['https://example.com/auth'],
      allowedOrigins: [
        'https://example.com',
        'http://localhost:4000',
        'http://127.0.0.1:4000',
        'http://[::1]:4000',
      ],
      cookieSecure: true,
    });
  });

  it('take no loopback origin in production', () => {
    const PORTCULLIS_SECRET = Buffer.from('0123456789abcdef0123456789abcdef').toString('base64');
    const production = { NODE_ENV: 'production', PORTCULLIS_SECRET, ISSUER: 'https://auth.example.com' };
    expect(addresses(production).allowedOrigins).toEqual(['https://auth.example.com']);
  });

  it('are what was set, where it was set', () => {
    const set = { ALLOWED_ORIGINS: 'http://app.example.com', AUDIENCE: 'a,b', COOKIE_SECURE: 'on' };
    expect(addresses(set)).toMatchObject({
      audience: ['a', 'b'],
      allowedOrigins: ['http://app.example.com'],
      cookieSecure: true,
    });
  });
});
