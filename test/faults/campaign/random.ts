/** Numbers that follow from a seed (mulberry32), so that a run can be had again. */
export class Random {
  #state: number;

  constructor(readonly seed: number) {
    this.#state = seed >>> 0;
  }

  /** At least 0, below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  between(least: number, most: number): number {
    return least + this.next() * (most - least);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(list: readonly T[]): T {
    const found = list[Math.floor(this.next() * list.length)];
    if (found === undefined) throw new Error('There is nothing to choose from.');
    return found;
  }

  shuffled<T>(list: readonly T[]): T[] {
    const places = list.map((item) => ({ item, place: this.next() }));
    return places.sort((a, b) => a.place - b.place).map(({ item }) => item);
  }

  /** One of its own, for what runs beside others. */
  fork(): Random {
    return new Random(Math.floor(this.next() * 2 ** 32));
  }
}
