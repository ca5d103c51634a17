import type { Logger } from '../log.ts';
import type { Settings } from '../settings/settings.ts';
import type { FeedSource } from './feed-follower.ts';
import { FollowedRevocations } from './followed-revocations.ts';
import type { RedisHint } from './redis-hint.ts';
import type { KnownRevocation } from './revocation.ts';

export interface InstanceRevocationsOptions {
  readonly settings: Pick<Settings, 'freshness' | 'maxStaleness' | 'redisUrl'>;
  readonly issuer: string;
  readonly openFeed: () => FeedSource;
  readonly keys: { readonly epoch: number };
  readonly log: Logger;
}

/** How this instance learns of revocations and tells of its own. */
export class InstanceRevocations {
  /** Undefined: every request asks the database (FRESHNESS=strict). */
  readonly followed: FollowedRevocations | undefined;
  #hint: RedisHint | undefined;

  constructor(private readonly options: InstanceRevocationsOptions) {
    const { settings, openFeed, keys, log } = options;
    const { freshness, maxStaleness } = settings;
    const listener = {
      onFailure: (error: unknown) => log.warn({ err: error }, 'the revocation feed cannot be read'),
      onRecovery: () => log.info('the revocation feed can be read again'),
    };
    if (freshness === 'bounded')
      this.followed = new FollowedRevocations({ source: openFeed(), maxStaleness, keys, listener });
  }

  async start(): Promise<void> {
    const { redisUrl } = this.options.settings;
    if (redisUrl !== undefined) this.#hint = await this.#openHint(redisUrl);
    this.followed?.start();
  }

  /** What a transaction of this instance has revoked, or found revoked: known here before its caller hears of it. */
  committed(revocations: readonly KnownRevocation[]): void {
    this.followed?.enter(revocations);
    this.#hint?.publish();
  }

  async #openHint(url: string): Promise<RedisHint> {
    // Its client is a sixth of what a start has to load, and most servers do without it.
    const { RedisHint } = await import('./redis-hint.ts');
    const { issuer: name, log } = this.options;
    return new RedisHint({ url, name, onHint: () => this.followed?.hint(), log });
  }

  async stop(): Promise<void> {
    this.#hint?.stop();
    await this.followed?.stop();
  }
}
