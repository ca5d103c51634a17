import { Refusal } from '../errors/refusal.ts';
import type { Caller } from '../guard/caller.ts';
import { confirmCaller, type GuardServices } from '../guard/guard.ts';
import { told } from '../guard/guard-listener.ts';
import { readAudience } from '../tokens/access-token-claims.ts';
import type { OAuthServices } from './services.ts';

/** RFC 7662 §2.2 */
export type Introspection = typeof INACTIVE | ActiveToken;

/** Ended, expired, stale, foreign, rubbish: the service learns no more of it than that (SECURITY E8). */
const INACTIVE = { active: false } as const;

/** The claims of the token, true at this moment, those of the host's hook among them. Times are seconds. */
interface ActiveToken {
  readonly [extra: string]: unknown;
  readonly active: true;
  readonly token_type: 'Bearer';
  readonly iss: string;
  readonly sub: string;
  readonly aud: unknown;
  readonly exp: number;
  readonly iat: number;
  readonly jti: string;
  readonly sid: string;
  readonly ver: number;
  readonly auth_time: number;
  readonly roles: readonly string[];
}

/**
 * What the guard makes of an access token. The database confirms it always, and shares the query with the requests of the
 * moment. A refresh token is not active: no resource server has any use for one, and one that leaked should not learn here
 * that it is good.
 *
 * Neither `scope` nor `client_id`, since a token has neither, nor `username`, since a service that may know the e-mail asks
 * for `me`.
 *
 * @throws Refusal UNAVAILABLE: a database that cannot confirm has not said that the token is not active
 */
export async function introspect(
  { guard, issuer }: Pick<OAuthServices, 'guard' | 'issuer'>,
  token: string,
): Promise<Introspection> {
  try {
    return activeToken(await told(guard.listener, () => confirmed(guard, token)), issuer, token);
  } catch (error) {
    if (error instanceof Refusal && error.code === 'UNAUTHENTICATED') return INACTIVE;
    throw error;
  }
}

async function confirmed(guard: GuardServices, token: string): Promise<Caller> {
  return confirmCaller(guard, await guard.accessTokens.verify(token));
}

function activeToken({ claims, user }: Caller, issuer: string, token: string): ActiveToken {
  return {
    ...claims.extra,
    active: true,
    token_type: 'Bearer',
    iss: issuer,
    sub: claims.subject,
    aud: readAudience(token),
    exp: claims.expiresAt,
    iat: claims.issuedAt,
    jti: claims.tokenId,
    sid: claims.sessionId,
    ver: claims.tokenVersion,
    auth_time: claims.authTime,
    roles: user.roles,
  };
}
