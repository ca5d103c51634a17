import { refreshCookieName } from '../../http/refresh-cookie.ts';
import type { Addresses } from '../../settings/resolve.ts';
import type { Settings } from '../../settings/settings.ts';
import { isLoopback } from './addresses.ts';
import { type Finding, ok, orOk, problem, warning } from './finding.ts';

/** Whether browsers will keep the refresh cookie, and keep it secret. */
export function checkCookie(
  { cookieSecure: configured }: Settings,
  addresses: Addresses,
): readonly Finding[] {
  const { issuer, cookieSecure } = addresses;
  const name = refreshCookieName(cookieSecure);
  const attributes = `${name}: HttpOnly, SameSite=Strict, Path=/${cookieSecure ? ', Secure' : ''}`;
  const findings = [...secureWithoutHttps(addresses), ...plain(addresses, configured)];
  return [...orOk(findings, 'cookie', `${attributes}; ISSUER is ${issuer}.`), ...origins(addresses)];
}

function secureWithoutHttps({ issuer, cookieSecure }: Addresses): Finding[] {
  if (!cookieSecure || issuer.startsWith('https:')) return [];
  const mend = 'Set ISSUER to the https URL under which browsers reach this server, or unset COOKIE_SECURE.';
  return isLoopback(new URL(issuer).hostname)
    ? [warning('COOKIE_SECURE', 'is on while ISSUER is http: Safari keeps no such cookie.', mend)]
    : [problem('COOKIE_SECURE', 'is on while ISSUER is http: no browser keeps the cookie.', mend)];
}

function plain({ issuer, cookieSecure }: Addresses, configured: Settings['cookieSecure']): Finding[] {
  if (cookieSecure) return [];
  if (issuer.startsWith('https:') && configured === 'off') {
    const what =
      'is off while ISSUER is https: a plain http request of the same host would carry the cookie.';
    return [warning('COOKIE_SECURE', what, 'Unset it: the cookie is Secure then, with the __Host- prefix.')];
  }
  if (isLoopback(new URL(issuer).hostname)) return [];
  const what = `is ${issuer}: the cookie and the tokens cross the network in the clear.`;
  return [warning('ISSUER', what, 'Put a proxy with TLS in front, and set ISSUER to its https URL.')];
}

function origins({ allowedOrigins }: Addresses): Finding[] {
  return [ok('origins', `pages of ${allowedOrigins.join(', ')} may use the cookie.`)];
}
