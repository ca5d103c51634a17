import type { AccountServices } from '../accounts/services.ts';
import type { AccessTokenIssuer } from '../tokens/access-token.ts';
import type { Clock } from '../tokens/clock.ts';
import type { RefreshTokenMac } from '../tokens/refresh-token.ts';
import type { SessionStore } from './store.ts';

/** Milliseconds each. */
export interface SessionPolicy {
  readonly idleTtl: number;
  readonly lifetime: number;
  readonly refreshGrace: number;
}

/** What the behaviours of this folder work with. */
export interface SessionServices {
  readonly accounts: AccountServices;
  readonly store: SessionStore;
  readonly accessTokens: AccessTokenIssuer;
  readonly refreshTokens: RefreshTokenMac;
  readonly policy: SessionPolicy;
  readonly clock: Clock;
}
