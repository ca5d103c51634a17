import type { Logger } from '../log.ts';
import type { Settings } from '../settings/settings.ts';
import type { FeedSource } from './feed-follower.ts';
import { FollowedRevocations } from './followed-revocations.ts';
import type { RedisHint } from './redis-hint.ts';
import type { KnownRevocation, RevocationListener } from './revocation.ts';

export interface InstanceRevocationsOptions {
  readonly settings: Pick<Settings, 'freshness' | 'maxStaleness' | 'redisUrl'>;
  readonly issuer: string;
  readonly openFeed: () => FeedSource;
  readonly keys: { readonly epoch: number };
  readonly log: Logger;
  /** Told of what was revoked, here or elsewhere, as soon as this instance knows of it. */
  readonly onNews: RevocationListener;
  /** What another instance has said by `tellOthers`. */
  readonly onMessage: (message: string) => void;
}

/** How this instance learns of revocations and tells of its own. */
export class InstanceRevocations {
  readonly #followed: FollowedRevocations;
  #hint: RedisHint | undefined;

  constructor(private readonly options: InstanceRevocationsOptions) {
    const { settings, openFeed, keys, log } = options;
    const listener = {
      onFailure: (error: unknown) => log.warn({ err: error }, 'the revocation feed cannot be read'),
      onRecovery: () => log.info('the revocation feed can be read again'),
    };
    const { maxStaleness } = settings;
    const source = openFeed();
    this.#followed = new FollowedRevocations({
      source,
      maxStaleness,
      keys,
      listener,
      onNews: options.onNews,
    });
  }

  /**
   * What requests are decided by; undefined: each of them asks the database (FRESHNESS=strict). The feed is followed then
   * too, since it closes sockets.
   */
  get followed(): FollowedRevocations | undefined {
    return this.options.settings.freshness === 'bounded' ? this.#followed : undefined;
  }

  async start(): Promise<void> {
    const { redisUrl } = this.options.settings;
    if (redisUrl !== undefined) this.#hint = await this.#openHint(redisUrl);
    this.#followed.start();
  }

  /** What a transaction of this instance has revoked, or found revoked: known here before its caller hears of it. */
  committed(revocations: readonly KnownRevocation[]): void {
    this.#followed.enter(revocations);
    this.#hint?.publish();
  }

  /** Best effort, and only where there is Redis. */
  tellOthers(message: string): void {
    this.#hint?.tell(message);
  }

  async #openHint(url: string): Promise<RedisHint> {
    // Its client is a sixth of what a start has to load, and most servers do without it.
    const { RedisHint } = await import('./redis-hint.ts');
    const { issuer: name, log, onMessage } = this.options;
    return new RedisHint({ url, name, onHint: () => this.#followed.hint(), onMessage, log });
  }

  async stop(): Promise<void> {
    this.#hint?.stop();
    await this.#followed.stop();
  }
}
