import { type Moment, processMoment } from '../revocation/freshness.ts';
import type { Clock } from '../tokens/clock.ts';
import type { Database } from './database.ts';

const SAMPLES = 5;
const RENEWAL = 30_000;

/** Milliseconds. A sample is wrong by half its round trip at most; one from a database that hangs tells nothing. */
const LONGEST_ROUND_TRIP = 2_000;

/** Milliseconds by which the two clocks of a process may part before one of them must have been set, or stood still. */
const MOST_PARTED = 250;

/** Milliseconds after which a reading is too old to be vouched for: several renewals have failed. */
const LONGEST_UNRENEWED = 120_000;

/** The database's time, as it was at a moment of this process. */
interface Reading {
  readonly at: Moment;
  readonly time: number;
  readonly roundTrip: number;
}

/**
 * The database's time, estimated by this instance: what one instance issues another one judges (DESIGN, one clock). The
 * sample with the shortest round trip has the least error. Between two readings the process's own clocks carry on: the
 * monotonic one, which nobody sets, and the wall clock, which goes on while the machine is suspended. SQLite's time is
 * this machine's and needs no estimate.
 */
export class DatabaseClock implements Clock {
  #reading: Reading | undefined;
  #renewal: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly database: Pick<Database, 'dialect' | 'now'>,
    private readonly moment: () => Moment,
  ) {}

  /** @throws Refusal UNAVAILABLE */
  static async start(
    database: Pick<Database, 'dialect' | 'now'>,
    moment: () => Moment = processMoment,
  ): Promise<DatabaseClock> {
    const clock = new DatabaseClock(database, moment);
    if (database.dialect === 'sqlite') return clock;
    await clock.#read();
    clock.#timer = setInterval(() => clock.#renew(), RENEWAL).unref();
    return clock;
  }

  /** Of two clocks that have parted the later one counts, so that no token lives longer by it; and it reads anew. */
  now(): number {
    if (this.#reading === undefined) return this.moment().wall;
    const { monotonic, wall } = this.#since(this.#reading);
    if (Math.abs(monotonic - wall) > MOST_PARTED) this.#renew();
    return Math.round(this.#reading.time + Math.max(monotonic, wall));
  }

  /**
   * Whether it was compared with the database not long ago, and its clocks have gone alike since. If not, it reads anew: a
   * database that was away for long must not be thought of as away until the next renewal.
   */
  isSure(): boolean {
    if (this.#reading === undefined) return true;
    const { monotonic, wall } = this.#since(this.#reading);
    const isSure =
      Math.max(monotonic, wall) <= LONGEST_UNRENEWED && Math.abs(monotonic - wall) <= MOST_PARTED;
    if (!isSure) this.#renew();
    return isSure;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** One that fails leaves the last reading in force; requests report that the database is away. */
  #renew(): void {
    this.#renewal ??= this.#read()
      .catch(() => undefined)
      .finally(() => {
        this.#renewal = undefined;
      });
  }

  async #read(): Promise<void> {
    const best = await bestReading(this.database, this.moment);
    if (this.#reading === undefined || best.roundTrip <= LONGEST_ROUND_TRIP) this.#reading = best;
  }

  /** Milliseconds by both clocks. */
  #since({ at }: Reading): Moment {
    const { monotonic, wall } = this.moment();
    return { monotonic: monotonic - at.monotonic, wall: wall - at.wall };
  }
}

/** @returns milliseconds by which the database's clock is ahead of this machine's */
export async function measureOffset(database: Pick<Database, 'now'>): Promise<number> {
  const { at, time } = await bestReading(database, processMoment);
  return Math.round(time - at.wall);
}

async function bestReading(database: Pick<Database, 'now'>, moment: () => Moment): Promise<Reading> {
  let best = await readOnce(database, moment);
  for (let sample = 1; sample < SAMPLES; sample++) {
    const next = await readOnce(database, moment);
    if (next.roundTrip < best.roundTrip) best = next;
  }
  return best;
}

async function readOnce(database: Pick<Database, 'now'>, moment: () => Moment): Promise<Reading> {
  const sent = moment();
  const answered = await database.now();
  const at = moment();
  const roundTrip = Math.max(at.monotonic - sent.monotonic, at.wall - sent.wall);
  return { at, time: answered + roundTrip / 2, roundTrip };
}
