import type { Judged } from '../guard/requirement.ts';

/** Who calls, as resolvers and handlers of any service see them. */
export interface AuthenticatedCaller {
  readonly user: { readonly id: string };
  readonly session: {
    readonly id: string;
    /** When the user last proved their credentials. */
    readonly authenticatedAt: Date;
  };
  readonly roles: readonly string[];
}

export function authenticatedCaller({ claims, user }: Judged): AuthenticatedCaller {
  return {
    user: { id: claims.subject },
    session: { id: claims.sessionId, authenticatedAt: new Date(claims.authTime * 1000) },
    roles: user.roles,
  };
}
