import { badUserInput, forbidden } from '../errors/refusal.ts';
import type { Transport } from '../sessions/session.ts';
import type { RequestFacts } from './request.ts';

/** A refresh token as it came, and the way by which it came. */
export interface Presentation {
  readonly token: string | undefined;
  readonly transport: Transport;
}

/**
 * May this client open a session with this transport? A page's script must never see a refresh token (ASVS V3.3.4), and
 * the cookie is set for allowed origins only.
 *
 * @throws Refusal BAD_USER_INPUT, FORBIDDEN
 */
export function checkTransport(facts: RequestFacts, transport: Transport): void {
  if (transport === 'COOKIE') requireAllowedOrigin(facts);
  else if (facts.client === 'browser') {
    throw badUserInput(
      'transport',
      'BROWSER',
      'A browser keeps its refresh token in the cookie: use COOKIE.',
    );
  }
}

/**
 * The refresh token of a request to refresh or log out: from the input, or else from the cookie.
 *
 * @throws Refusal BAD_USER_INPUT, FORBIDDEN
 */
export function presentation(facts: RequestFacts, refreshToken: string | null | undefined): Presentation {
  if (refreshToken !== undefined && refreshToken !== null) {
    if (facts.client === 'browser' || facts.cookie.presented !== undefined) {
      throw badUserInput(
        'refreshToken',
        'BROWSER',
        'A browser presents its refresh token in the cookie alone.',
      );
    }
    return { token: refreshToken, transport: 'BODY' };
  }
  if (facts.client === 'webView') return { token: undefined, transport: 'BODY' };
  requireAllowedOrigin(facts);
  return { token: facts.cookie.presented, transport: 'COOKIE' };
}

/** The cookie whose session a new login replaces; a web view never uses the cookie. */
export function replacedToken(facts: RequestFacts): string | undefined {
  return facts.cookieAllowed && facts.client !== 'webView' ? facts.cookie.presented : undefined;
}

function requireAllowedOrigin(facts: RequestFacts): void {
  if (!facts.cookieAllowed) throw forbidden('This origin may not use the refresh cookie.');
}
