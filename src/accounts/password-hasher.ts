import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import pLimit from 'p-limit';
import { rateLimited } from '../errors/refusal.ts';
import { traced } from '../tracing.ts';

/** OWASP Password Storage Cheat Sheet, ASVS V11.4.2: argon2id (the library's default) with m=19 MiB, t=2, p=1. */
const PARAMETERS = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 };

/** Waiting hashes per core; at about 12 ms each the last one waits some 3 s. */
const QUEUE_PER_CORE = 256;

/** Hashes off the event loop, at most one a core at once; what comes on top waits in a queue with an end. */
export class PasswordHasher {
  readonly #cores = availableParallelism();
  readonly #limit = pLimit(this.#cores);

  /** Hashes that wait for a core. */
  get queued(): number {
    return this.#limit.pendingCount;
  }

  /** Hashes that are being computed. */
  get active(): number {
    return this.#limit.activeCount;
  }

  /** @throws Refusal RATE_LIMITED when the queue is full */
  async hash(password: string): Promise<string> {
    return this.#queued(() => hash(password, PARAMETERS));
  }

  /**
   * @param stored argon2 hash in PHC string format
   * @throws Refusal RATE_LIMITED when the queue is full
   */
  async verify(stored: string, password: string): Promise<boolean> {
    return this.#queued(() => verify(stored, password));
  }

  /** Whether a stored hash was made with less memory, time or another algorithm than ours. */
  isWeak(stored: string): boolean {
    const [, memory = 0, time = 0] = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+\$/.exec(stored) ?? [];
    return Number(memory) < PARAMETERS.memoryCost || Number(time) < PARAMETERS.timeCost;
  }

  async #queued<T>(work: () => Promise<T>): Promise<T> {
    if (this.#limit.pendingCount >= this.#cores * QUEUE_PER_CORE) throw rateLimited(1);
    return traced('hash password', () => this.#limit(work));
  }
}
