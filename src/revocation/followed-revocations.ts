import type { Refusal } from '../errors/refusal.ts';
import type { AccessTokenClaims } from '../tokens/access-token-claims.ts';
import { Denylist } from './denylist.ts';
import { FeedFollower, type FeedListener, type FeedSource } from './feed-follower.ts';
import { Freshness } from './freshness.ts';
import type { KnownRevocation, RevocationListener } from './revocation.ts';

export interface FollowedRevocationsOptions {
  readonly source: FeedSource;
  /** Milliseconds: how old the knowledge may be by which a token is accepted. */
  readonly maxStaleness: number;
  /** The epoch at which the signing keys were loaded that tokens are verified with. */
  readonly keys: { readonly epoch: number };
  readonly listener: Pick<FeedListener, 'onFailure' | 'onRecovery'>;
  /** Told of each page, when what it brought is known here. */
  readonly onPage?: FeedListener['onPage'];
  /** Told of what was revoked as soon as this instance knows of it, and once. */
  readonly onNews?: RevocationListener;
}

/** How closely the feed is followed. */
export interface FeedStanding {
  /** Milliseconds since all that had been revoked was known; Infinity: it never was. */
  readonly age: number;
  /** Entries that were still to be read when the feed was read last. */
  readonly lag: number;
  /** Revocations that are remembered. */
  readonly entries: number;
}

/** What has been revoked, as this instance knows it and keeps it current by the feed. */
export class FollowedRevocations {
  readonly #denylist = new Denylist();
  readonly #freshness: Freshness;
  readonly #follower: FeedFollower;

  constructor(private readonly options: FollowedRevocationsOptions) {
    this.#freshness = new Freshness(options.maxStaleness);
    this.#follower = new FeedFollower(options.source, this.#freshness, {
      ...options.listener,
      onPage: (page, outcome) => {
        this.enter(page.entries);
        this.#denylist.purge(page.now);
        options.onPage?.(page, outcome);
      },
    });
  }

  start(): void {
    this.#follower.start();
  }

  /** What this instance has revoked, or found revoked, itself; it is denied from now on, whether the feed can be read or not. */
  enter(revocations: readonly KnownRevocation[]): void {
    const news = this.#denylist.enter(revocations);
    if (news.length > 0) this.options.onNews?.(news);
  }

  /** Something may have been revoked elsewhere. */
  hint(): void {
    this.#follower.hint();
  }

  /** Why a token is refused; undefined: this instance knows of nothing. */
  denial(claims: AccessTokenClaims): Refusal | undefined {
    return this.#denylist.denial(claims);
  }

  /** Whether a token of which it knows nothing may be accepted without asking the database. */
  get isProven(): boolean {
    return this.isFresh && this.#denylist.keyEpoch <= this.options.keys.epoch;
  }

  /** Whether the feed is followed closely enough. */
  get isFresh(): boolean {
    return this.#freshness.isFresh();
  }

  get standing(): FeedStanding {
    return {
      age: this.#freshness.age(),
      lag: this.#follower.lag,
      entries: this.#denylist.size,
    };
  }

  stop(): Promise<void> {
    return this.#follower.stop();
  }
}
