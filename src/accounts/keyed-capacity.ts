import { rateLimited } from '../errors/refusal.ts';

/** Room for so many at once under each key. */
export class KeyedCapacity {
  readonly #present = new Map<string, number>();

  /** @param most of one key, at least 1 */
  constructor(private readonly most: number) {}

  /** @throws Refusal RATE_LIMITED when there is no room; what `work` throws */
  async during<T>(key: string, work: () => Promise<T>): Promise<T> {
    const present = this.#present.get(key) ?? 0;
    if (present >= this.most) throw rateLimited(1);
    this.#present.set(key, present + 1);
    try {
      return await work();
    } finally {
      this.#leave(key);
    }
  }

  #leave(key: string): void {
    const present = this.#present.get(key) ?? 0;
    if (present > 1) this.#present.set(key, present - 1);
    else this.#present.delete(key);
  }
}
