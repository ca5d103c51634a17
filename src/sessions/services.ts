import type { LoginThrottle } from '../accounts/login-throttle.ts';
import type { AccountServices } from '../accounts/services.ts';
import type { AccessTokenIssuer } from '../tokens/access-token.ts';
import type { Clock } from '../tokens/clock.ts';
import type { RefreshTokenMac } from '../tokens/refresh-token.ts';
import type { RotationDecision } from './rotation.ts';
import type { Session } from './session.ts';
import type { SessionStore } from './store.ts';

/** Durations in milliseconds. */
export interface SessionPolicy {
  readonly idleTtl: number;
  readonly lifetime: number;
  readonly refreshGrace: number;
  readonly limit: SessionLimit | undefined;
}

export interface SessionLimit {
  /** Live sessions a user may have, at least 1. */
  readonly perUser: number;
  /** Whether the login that would exceed it ends the least recently used session, or is refused. */
  readonly policy: 'evict' | 'refuse';
}

/** Told of every presentation of a refresh token that the rotation table decided upon, once the decision is durable. */
export type RefreshListener = (
  verdict: RotationDecision['verdict'],
  session: Pick<Session, 'id' | 'userId'>,
) => void;

/** What the behaviours of this folder work with. */
export interface SessionServices {
  readonly accounts: AccountServices;
  readonly store: SessionStore;
  readonly throttle: LoginThrottle;
  readonly accessTokens: AccessTokenIssuer;
  readonly refreshTokens: RefreshTokenMac;
  readonly policy: SessionPolicy;
  readonly clock: Clock;
  readonly onRefresh: RefreshListener;
}
