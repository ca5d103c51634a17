import { Freshness, type Moment } from '../../src/revocation/freshness.ts';

const MAX = 2_000;

/** Two clocks that are moved by hand. */
function clocks() {
  const now = { monotonic: 10_000, wall: 1_750_000_000_000 };
  return {
    moment: (): Moment => ({ ...now }),
    pass: (milliseconds: number) => {
      now.monotonic += milliseconds;
      now.wall += milliseconds;
    },
    suspend: (milliseconds: number) => {
      now.wall += milliseconds;
    },
    setWall: (milliseconds: number) => {
      now.wall += milliseconds;
    },
  };
}

function proven() {
  const clock = clocks();
  const freshness = new Freshness(MAX, clock.moment);
  freshness.prove(freshness.begin());
  return { clock, freshness };
}

describe('freshness', () => {
  it('is not there before the first proof', () => {
    const { moment } = clocks();
    expect(new Freshness(MAX, moment).isFresh()).toBe(false);
    expect(new Freshness(MAX, moment).age()).toBe(Number.POSITIVE_INFINITY);
  });

  it('lasts for as long as it may, to the millisecond', () => {
    const { clock, freshness } = proven();
    clock.pass(MAX);
    expect(freshness.isFresh()).toBe(true);
    clock.pass(1);
    expect(freshness.isFresh()).toBe(false);
  });

  it('counts from before the question was sent, not from its answer', () => {
    const clock = clocks();
    const freshness = new Freshness(MAX, clock.moment);
    const begun = freshness.begin();
    clock.pass(MAX - 1);
    freshness.prove(begun);
    expect(freshness.isFresh()).toBe(true);
    clock.pass(2);
    expect(freshness.isFresh()).toBe(false);
  });

  it('I6 is over in a process that was stopped for a minute, though its poll was answered meanwhile', () => {
    const clock = clocks();
    const freshness = new Freshness(MAX, clock.moment);
    const begun = freshness.begin();
    clock.pass(60_000);
    freshness.prove(begun);
    expect(freshness.isFresh()).toBe(false);
  });

  it('I6 is over on a machine that was suspended, whose monotonic clock stood still', () => {
    const { clock, freshness } = proven();
    clock.suspend(60_000);
    expect(freshness.isFresh()).toBe(false);
  });

  it('is not made longer by a wall clock that is set back, nor shorter by one that is right', () => {
    const { clock, freshness } = proven();
    clock.setWall(-3_600_000);
    expect(freshness.isFresh()).toBe(true);
    clock.pass(MAX + 1);
    expect(freshness.isFresh()).toBe(false);
  });

  it('is doubted when the wall clock is set forward, until the next proof', () => {
    const { clock, freshness } = proven();
    clock.setWall(3_600_000);
    expect(freshness.isFresh()).toBe(false);
    freshness.prove(freshness.begin());
    expect(freshness.isFresh()).toBe(true);
  });
});
