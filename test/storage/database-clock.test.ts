import { setImmediate as turn } from 'node:timers/promises';
import { unavailable } from '../../src/errors/refusal.ts';
import { DatabaseClock } from '../../src/storage/database-clock.ts';

const START = 1_750_000_000_000;

/** A machine and a database server, each with its clocks; time passes only when a test says so. */
class World {
  #monotonic = 1_000;
  #wall = START + 300_000;
  #database = START;
  readonly dialect = 'mysql' as const;
  /** Milliseconds to the database and back, one statement after the other. */
  readonly travel: [there: number, back: number][] = [];
  away = false;
  asked = 0;

  readonly moment = () => ({ monotonic: this.#monotonic, wall: this.#wall });

  pass(ms: number): void {
    this.#monotonic += ms;
    this.#wall += ms;
    this.#database += ms;
  }

  /** The machine sleeps. */
  suspend(ms: number): void {
    this.#wall += ms;
    this.#database += ms;
  }

  setWallClock(ms: number): void {
    this.#wall += ms;
  }

  setDatabase(ms: number): void {
    this.#database += ms;
  }

  get truth(): number {
    return this.#database;
  }

  async now(): Promise<number> {
    this.asked += 1;
    if (this.away) throw unavailable();
    const [there, back] = this.travel.shift() ?? [0, 0];
    this.pass(there);
    const time = this.#database;
    this.pass(back);
    return time;
  }
}

async function settled(): Promise<void> {
  for (let turns = 0; turns < 20; turns++) await turn();
}

describe('the clock of an instance', () => {
  let world: World;
  let clock: DatabaseClock;
  const start = async () => {
    clock = await DatabaseClock.start(world, world.moment);
  };
  const error = () => clock.now() - world.truth;
  beforeEach(() => {
    world = new World();
  });
  afterEach(() => {
    clock.stop();
    jest.useRealTimers();
  });

  it('I7 is the database’s, however wrong the machine’s is', async () => {
    await start();
    expect(error()).toBe(0);
    world.pass(10_000);
    expect(error()).toBe(0);
  });

  it('goes by the sample with the shortest round trip: its error is half of that at most', async () => {
    world.travel.push([0, 90], [400, 10], [1, 3], [0, 50], [200, 0]);
    await start();
    expect(Math.abs(error())).toBeLessThanOrEqual(2);
  });

  it('is not moved by a wall clock that is set, back or forth', async () => {
    await start();
    world.setWallClock(-300_000);
    expect(error()).toBe(0);
    expect(clock.isSure()).toBe(false);
    await settled();
    expect([error(), clock.isSure()]).toEqual([0, true]);
    world.setWallClock(300_000);
    // Later until it has been compared: no token lives longer by it.
    expect(error()).toBe(300_000);
    await settled();
    expect([error(), clock.isSure()]).toEqual([0, true]);
  });

  it('knows at its first use after a sleep of the machine how late it is', async () => {
    await start();
    world.suspend(3_600_000);
    expect(error()).toBe(0);
    await settled();
    expect([error(), clock.isSure()]).toEqual([0, true]);
  });

  it('follows the database’s own clock at the next renewal', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'performance', 'Date'] });
    await start();
    world.setDatabase(2_000);
    expect(error()).toBe(-2_000);
    jest.advanceTimersByTime(30_000);
    await settled();
    expect(error()).toBe(0);
  });

  it('carries on by itself while the database is away, and says when that has been too long', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'performance', 'Date'] });
    await start();
    world.away = true;
    for (let renewals = 0; renewals < 4; renewals++) {
      world.pass(30_000);
      jest.advanceTimersByTime(30_000);
      await settled();
    }
    expect([error(), clock.isSure()]).toEqual([0, true]);
    world.pass(1);
    expect([error(), clock.isSure()]).toEqual([0, false]);
    await settled();
    world.away = false;
    // Who asks after so long does not wait for the next renewal.
    expect(clock.isSure()).toBe(false);
    await settled();
    expect([error(), clock.isSure()]).toEqual([0, true]);
  });

  it('does not believe a database that answered after seconds', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'performance', 'Date'] });
    await start();
    world.travel.push(...Array.from({ length: 5 }, (): [number, number] => [5_000, 0]));
    jest.advanceTimersByTime(30_000);
    await settled();
    expect(error()).toBe(0);
  });

  it('reads once at a time, however often it is asked', async () => {
    await start();
    const before = world.asked;
    world.setWallClock(-300_000);
    for (let use = 0; use < 1_000; use++) clock.now();
    await settled();
    expect(world.asked - before).toBe(5);
  });

  it('does not start without the database', async () => {
    await start();
    world.away = true;
    await expect(DatabaseClock.start(world, world.moment)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('is the machine’s own on SQLite, which has no other', async () => {
    clock = await DatabaseClock.start({ dialect: 'sqlite', now: () => world.now() }, world.moment);
    expect([clock.now(), world.asked, clock.isSure()]).toEqual([world.moment().wall, 0, true]);
  });
});
