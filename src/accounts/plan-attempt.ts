import type { RequestOrigin } from '../audit/event.ts';
import type { BucketNames, NamedBucket } from './bucket-names.ts';
import type { AttemptSource } from './login-attempt.ts';
import type { BucketRule, BucketStore } from './login-bucket.ts';

const MINUTE = 60_000;
const ADDRESS_WINDOW = 5 * MINUTE;
const ACCOUNT_WINDOW = 24 * 60 * MINUTE;

/** Failures of an account that cost no pause: people mistype. */
const FREE = 5;

/** Failed attempts in a window. */
export interface ThrottleLimits {
  /** An account and day. NIST SP 800-63B-4 §3.2.2: 100 at most. */
  readonly account: number;
  /** An address and five minutes. */
  readonly address: number;
}

/** Who is about to prove the password of an account. */
export interface LoginSubject extends AttemptSource {
  /** Normalised, whether or not an account has it. */
  readonly email: string;
  /** Whether that session has ended. */
  readonly sessionEnded: boolean;
  /** `performance.now()` when the request arrived. */
  readonly arrivedAt: number;
}

export interface PlannedBucket {
  readonly named: NamedBucket;
  readonly rule: BucketRule;
}

export interface Plan {
  /** Those that judge the attempt, that of the account first. */
  readonly buckets: readonly PlannedBucket[];
  /** The address that the account shall know once the attempt has succeeded. */
  readonly known: NamedBucket | undefined;
  /** The address, where its failures do not judge the attempt; undefined: they do, or there is none. */
  readonly unjudged?: NamedBucket | undefined;
}

/** Says which buckets judge an attempt: one of the account, and that of the address. */
export class AttemptPlanner {
  readonly #accountRule: BucketRule;
  readonly #addressRule: BucketRule;

  constructor(
    private readonly store: Pick<BucketStore, 'isKnown'>,
    private readonly names: BucketNames,
    { account, address }: ThrottleLimits,
  ) {
    this.#accountRule = { limit: account, window: ACCOUNT_WINDOW, free: Math.min(FREE, account) };
    this.#addressRule = { limit: address, window: ADDRESS_WINDOW, free: address };
  }

  /** A known device is not judged by its address, which it may share with strangers. */
  async login({ email, sessionId, sessionEnded, origin }: LoginSubject): Promise<Plan> {
    const known = this.#knownAddress(email, origin);
    if (sessionId !== null) {
      // Whoever had the password before it was changed may have kept the tokens of any number of sessions.
      const device = sessionEnded ? this.names.formerDevice(email) : this.names.device(email, sessionId);
      const [address] = this.#ofAddress(origin);
      return { buckets: [this.#ofAccount(device)], known, unjudged: address?.named };
    }
    const isKnown = known !== undefined && (await this.store.isKnown(known.names));
    const account = this.#ofAccount(isKnown ? known : this.names.account(email));
    return { buckets: [account, ...this.#ofAddress(origin)], known };
  }

  /** An account that is about to be created cannot be guessed at; whether its e-mail is taken can. */
  registration({ email, origin }: Pick<LoginSubject, 'email' | 'origin'>): Plan {
    return { buckets: this.#ofAddress(origin), known: this.#knownAddress(email, origin) };
  }

  #ofAccount(named: NamedBucket): PlannedBucket {
    return { named, rule: this.#accountRule };
  }

  #ofAddress({ ipAddress }: RequestOrigin): PlannedBucket[] {
    return ipAddress === null ? [] : [{ named: this.names.address(ipAddress), rule: this.#addressRule }];
  }

  #knownAddress(email: string, { ipAddress }: RequestOrigin): NamedBucket | undefined {
    return ipAddress === null ? undefined : this.names.knownAddress(email, ipAddress);
  }
}
