import type { Settings } from './settings.ts';

/** The addresses that are certain only once the port is bound (`PORT=0`). */
export interface Addresses {
  /** `iss` of every token, and the base of the URLs that are shown. */
  readonly issuer: string;
  /** `aud` of every access token. */
  readonly audience: readonly string[];
  /** Exact origins whose pages may use the refresh cookie; never derived from a request's `Host`. */
  readonly allowedOrigins: readonly string[];
  /** Whether the cookie carries `Secure` and the `__Host-` prefix. */
  readonly cookieSecure: boolean;
}

/** @param boundPort the port that the listener really has */
export function resolveAddresses(settings: Settings, boundPort: number): Addresses {
  const issuer = settings.issuer ?? originOf(`http://localhost:${boundPort}`);
  return {
    issuer,
    audience: settings.audience ?? [issuer],
    allowedOrigins: settings.allowedOrigins ?? ownOrigins(settings.mode, issuer, boundPort),
    cookieSecure:
      settings.cookieSecure === 'auto' ? issuer.startsWith('https:') : settings.cookieSecure === 'on',
  };
}

/** The default of ALLOWED_ORIGINS: in development a page may be opened under any spelling of the loopback. */
export function ownOrigins(mode: Settings['mode'], issuer: string, port: number): readonly string[] {
  if (mode === 'production') return [originOf(issuer)];
  const loopback = ['localhost', '127.0.0.1', '[::1]'].map((host) => `http://${host}:${port}`);
  return [...new Set([issuer, ...loopback].map(originOf))];
}

/** As a browser spells it: without a default port. */
function originOf(url: string): string {
  return new URL(url).origin;
}
