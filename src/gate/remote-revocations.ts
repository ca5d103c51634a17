import type { Refusal } from '../errors/refusal.ts';
import { Denylist } from '../revocation/denylist.ts';
import { Freshness, type Moment } from '../revocation/freshness.ts';
import type { KnownRevocation } from '../revocation/revocation.ts';
import type { AccessTokenClaims } from '../tokens/access-token-claims.ts';
import type { FeedMessage, RemoteRevocation } from './feed-messages.ts';
import type { RemoteKeys } from './remote-keys.ts';

/** What the issuer has revoked, as a service knows it by the feed. */
export class RemoteRevocations {
  readonly #denylist = new Denylist();
  readonly #freshness: Freshness;

  /** @param maxStaleness milliseconds: how old the knowledge may be by which a token is accepted */
  constructor(
    maxStaleness: number,
    private readonly keys: Pick<RemoteKeys, 'epoch' | 'outdate'>,
  ) {
    this.#freshness = new Freshness(maxStaleness);
  }

  /** @param asked when the request was sent to which the message is a part of the answer */
  take(message: FeedMessage, asked: Moment): void {
    if (message.kind === 'revocations') this.#enter(message.revocations);
    else this.#freshness.prove(later(asked, message.at));
  }

  /** Why a token is refused; undefined: this service knows of nothing. */
  denial(claims: AccessTokenClaims): Refusal | undefined {
    return this.#denylist.denial(claims);
  }

  /** Whether a token of which it knows nothing may be accepted without asking the issuer. */
  get isProven(): boolean {
    return this.#freshness.isFresh() && this.#denylist.keyEpoch <= this.keys.epoch;
  }

  /** Milliseconds since all that had been revoked was known; Infinity: it never was. */
  get age(): number {
    return this.#freshness.age();
  }

  #enter(revocations: readonly RemoteRevocation[]): void {
    this.#denylist.enter(revocations.map((revocation) => this.#numbered(revocation)));
    this.#denylist.purge(Date.now());
    this.keys.outdate(this.#denylist.keyEpoch);
  }

  #numbered(revocation: RemoteRevocation): KnownRevocation {
    if (revocation.kind !== 'KEYS') return revocation;
    return { ...revocation, createdAt: 0, epoch: this.#denylist.keyEpoch + 1 };
  }
}

function later({ monotonic, wall }: Moment, milliseconds: number): Moment {
  return { monotonic: monotonic + milliseconds, wall: wall + milliseconds };
}
