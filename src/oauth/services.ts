import type { GuardServices } from '../guard/guard.ts';
import type { Logger } from '../log.ts';
import type { SessionServices } from '../sessions/services.ts';
import type { ClientAuthenticator } from './authenticate-client.ts';
import type { ServedFeed } from './served-feed.ts';

/** What the behaviours of this folder work with. */
export interface OAuthServices {
  readonly clients: ClientAuthenticator;
  readonly guard: GuardServices;
  readonly sessions: Pick<SessionServices, 'store' | 'refreshTokens'>;
  /** The `iss` of every token that is ours. */
  readonly issuer: string;
  readonly feed: ServedFeed;
  readonly log: Logger;
}
