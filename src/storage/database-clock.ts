import type { Clock } from '../tokens/clock.ts';
import type { Database } from './database.ts';

const SAMPLES = 5;
const RENEWAL = 30_000;

/**
 * This instance's clock, corrected to the database's: what one instance issues another one judges. The sample with the
 * shortest round trip has the least error. SQLite lives on this machine and needs no correction.
 */
export class DatabaseClock implements Clock {
  #offset = 0;
  #timer: NodeJS.Timeout | undefined;

  private constructor(private readonly database: Database) {}

  static async start(database: Database): Promise<DatabaseClock> {
    const clock = new DatabaseClock(database);
    if (database.dialect === 'sqlite') return clock;
    await clock.#measure();
    // A failed renewal leaves the last offset in force; requests report that the database is away.
    clock.#timer = setInterval(() => void clock.#measure().catch(() => undefined), RENEWAL).unref();
    return clock;
  }

  now(): number {
    return Date.now() + this.#offset;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #measure(): Promise<void> {
    let shortest = Number.POSITIVE_INFINITY;
    let offset = this.#offset;
    for (let sample = 0; sample < SAMPLES; sample++) {
      const sentAt = Date.now();
      const databaseTime = await this.database.now();
      const roundTrip = Date.now() - sentAt;
      if (roundTrip >= shortest) continue;
      shortest = roundTrip;
      offset = databaseTime - (sentAt + roundTrip / 2);
    }
    this.#offset = Math.round(offset);
  }
}
