import fc from 'fast-check';
import {
  judgeAttempt,
  LONGEST_FLIGHT,
  type Reservation,
  reservationIn,
  type SettledAs,
  settleAttempt,
} from '../../src/accounts/judge-attempt.ts';
import { type BucketRule, emptyBucket, type LoginBucket } from '../../src/accounts/login-bucket.ts';

const MINUTE = 60_000;
const ACCOUNT: BucketRule = { limit: 100, window: 24 * 60 * MINUTE, free: 5 };
const ADDRESS: BucketRule = { limit: 20, window: 5 * MINUTE, free: 20 };
const EMPTY = emptyBucket('bucket', null);
const START = 1_795_000_000_000;

/** One bucket under a rule, driven as the transactions drive it. */
class Driven {
  bucket: LoginBucket = EMPTY;
  now = START;
  readonly open: Reservation[] = [];

  constructor(readonly rule: BucketRule) {}

  /** @param waited milliseconds since the attempt came */
  ask(waited = 0) {
    const judgement = judgeAttempt([{ bucket: this.bucket, rule: this.rule }], this.now, this.now - waited);
    if (judgement.verdict === 'GRANTED') {
      [this.bucket = EMPTY] = judgement.next;
      this.open.push(reservationIn(this.bucket));
    }
    return judgement;
  }

  settle(end: SettledAs, which = 0) {
    const [reservation] = this.open.splice(which % Math.max(1, this.open.length), 1);
    if (reservation === undefined) return undefined;
    const settlement = settleAttempt({ bucket: this.bucket, rule: this.rule }, reservation, end, this.now);
    if (settlement !== undefined) this.bucket = settlement.next;
    return settlement;
  }

  /** Asks and fails; @returns the verdict */
  fail(): string {
    const { verdict } = this.ask();
    if (verdict === 'GRANTED') this.settle('FAILED');
    return verdict;
  }
}

describe('judgeAttempt', () => {
  it('grants five failures without a pause, then one after 1 s, 2 s, 4 s, … and never more than 15 min', () => {
    const driven = new Driven(ACCOUNT);
    for (let free = 0; free < 5; free++) expect(driven.fail()).toBe('GRANTED');
    const pauses: number[] = [];
    for (let paused = 0; paused < 12; paused++) {
      const refused = driven.ask();
      expect(refused.verdict).toBe('REFUSED');
      const until = refused.verdict === 'REFUSED' ? refused.until : 0;
      pauses.push((until - driven.now) / 1000);
      driven.now = until - 1;
      expect(driven.ask().verdict).toBe('REFUSED');
      driven.now = until;
      expect(driven.fail()).toBe('GRANTED');
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
  });

  it('grants a hundred a day, counted from the first, and begins anew the next day', () => {
    const driven = new Driven(ACCOUNT);
    let granted = 0;
    while (driven.now < START + ACCOUNT.window) {
      if (driven.fail() === 'GRANTED') granted += 1;
      driven.now += MINUTE;
    }
    expect(granted).toBeLessThanOrEqual(100);
    // Back-off alone leaves little more than four an hour.
    expect(granted).toBeGreaterThan(90);
    const closed: LoginBucket = { ...EMPTY, failures: 100, windowEndsAt: START + 1, lastFailedAt: 0 };
    const rule = ACCOUNT;
    expect(judgeAttempt([{ bucket: closed, rule }], START, START)).toMatchObject({ until: START + 1 });
    const anew = judgeAttempt([{ bucket: closed, rule }], START + 1, START + 1);
    expect(anew).toMatchObject({ verdict: 'GRANTED', next: [{ failures: 1, inFlight: 1 }] });
  });

  it('has an address wait for those in flight at its limit, and refuses when they have failed', () => {
    const driven = new Driven(ADDRESS);
    for (let place = 0; place < 20; place++) expect(driven.ask().verdict).toBe('GRANTED');
    expect(driven.ask()).toEqual({ verdict: 'BUSY', bucketId: 'bucket' });
    driven.settle('RELEASED');
    expect(driven.ask().verdict).toBe('GRANTED');
    while (driven.open.length > 0) driven.settle('FAILED');
    expect(driven.ask()).toMatchObject({ verdict: 'REFUSED', until: START + ADDRESS.window });
  });

  it('lets one at a time through after the pause, and tells those that waited for it what it found', () => {
    const driven = new Driven(ACCOUNT);
    for (let free = 0; free < 5; free++) driven.fail();
    driven.now += 1_000;
    expect(driven.ask().verdict).toBe('GRANTED');
    expect(driven.ask().verdict).toBe('BUSY');
    driven.now += 10;
    driven.settle('FAILED');
    driven.now += 5_000;
    // The pause of 2 s is over, but this one came before it began.
    expect(driven.ask(5_005).verdict).toBe('REFUSED');
    expect(driven.ask(4_999).verdict).toBe('GRANTED');
  });

  it('judges by all buckets, and changes none unless all grant', () => {
    const closed = { ...EMPTY, id: 'closed', failures: 20, windowEndsAt: START + 9_000 };
    const paused = { ...EMPTY, id: 'paused', failures: 5, windowEndsAt: START + 99_000, lastFailedAt: START };
    const buckets = [
      { bucket: EMPTY, rule: ACCOUNT },
      { bucket: paused, rule: ACCOUNT },
      { bucket: closed, rule: ADDRESS },
    ];
    expect(judgeAttempt(buckets, START, START)).toEqual({
      verdict: 'REFUSED',
      bucketId: 'closed',
      until: START + 9_000,
    });
    expect(judgeAttempt([], START, START)).toEqual({ verdict: 'GRANTED', next: [] });
  });

  it('counts an attempt that nobody settled as failed, and lets the next one through', () => {
    const driven = new Driven(ACCOUNT);
    for (let free = 0; free < 5; free++) driven.ask();
    driven.now += LONGEST_FLIGHT - 1;
    expect(driven.ask().verdict).toBe('BUSY');
    driven.now += 1;
    expect(driven.ask().verdict).toBe('GRANTED');
    expect(driven.bucket).toMatchObject({ failures: 6, inFlight: 1 });
    // Whoever comes back from the dead has been counted.
    expect(driven.settle('RELEASED')).toBeUndefined();
  });
});

describe('settleAttempt', () => {
  it('forgets the failures of a bucket that is the owner’s alone, but not who else is in flight', () => {
    const driven = new Driven(ACCOUNT);
    for (let failure = 0; failure < 3; failure++) driven.fail();
    driven.ask();
    driven.ask();
    driven.settle('CLEARED');
    expect(driven.bucket).toMatchObject({ failures: 1, inFlight: 1 });
  });

  it('gives nothing back to a window that is not the attempt’s own', () => {
    const driven = new Driven(ADDRESS);
    driven.now = START + ADDRESS.window - 1;
    driven.bucket = { ...EMPTY, failures: 19, windowEndsAt: START + ADDRESS.window };
    driven.ask();
    driven.now += 1;
    driven.ask();
    expect(driven.bucket).toMatchObject({ failures: 1, inFlight: 1 });
    expect(driven.settle('RELEASED')).toBeUndefined();
    expect(driven.settle('FAILED')?.next).toMatchObject({ failures: 1, inFlight: 0 });
  });

  it('tells once that a bucket closed: at the first pause, and at the limit', () => {
    const driven = new Driven({ ...ACCOUNT, limit: 8 });
    const closed: boolean[] = [];
    for (let failure = 0; failure < 8; failure++) {
      driven.ask();
      closed.push(driven.settle('FAILED')?.closed ?? false);
      driven.now += 15 * MINUTE;
    }
    expect(closed).toEqual([false, false, false, false, true, false, false, true]);
  });
});

type Step =
  | { readonly kind: 'ask'; readonly waited: number }
  | { readonly kind: 'settle'; readonly end: SettledAs; readonly which: number }
  | { readonly kind: 'pass'; readonly ms: number };

const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('ask' as const), waited: fc.nat(20_000) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('settle' as const),
        end: fc.constantFrom<SettledAs>('FAILED', 'FAILED', 'RELEASED', 'CLEARED'),
        which: fc.nat(30),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('pass' as const),
        ms: fc.oneof(fc.nat(2_000), fc.nat(LONGEST_FLIGHT * 2), fc.nat(30 * 60 * MINUTE)),
      }),
    },
  ),
  { maxLength: 120 },
);

const rules = fc.record({
  limit: fc.integer({ min: 1, max: 30 }),
  // One that ends while attempts are in flight, too.
  window: fc.constantFrom(LONGEST_FLIGHT / 2, 5 * MINUTE, 24 * 60 * MINUTE),
  free: fc.integer({ min: 1, max: 30 }),
});

function violationsOf({ bucket, rule, open, now }: Driven): string[] {
  const { failures, inFlight, windowEndsAt } = bucket;
  const alive = open.filter((each) => each.windowEndsAt === windowEndsAt && now < each.until);
  const found = {
    'less than nobody in flight': inFlight < 0,
    'more in flight than counted': inFlight > failures,
    'more counted than the limit': failures > rule.limit,
    'somebody in flight was lost': now < windowEndsAt && inFlight < alive.length,
  };
  return Object.entries(found).flatMap(([violation, holds]) => (holds ? [violation] : []));
}

describe('whatever comes, in any order', () => {
  it('no window has more failures than its limit, nobody in flight is lost, and nothing is negative', () => {
    const run = (script: readonly Step[], rule: BucketRule) => {
      const driven = new Driven({ ...rule, free: Math.min(rule.free, rule.limit) });
      const violations: string[] = [];
      /** By the end of their window, which names it. */
      const failed = new Map<number, number>();
      for (const step of script) {
        if (step.kind === 'ask') driven.ask(step.waited);
        if (step.kind === 'pass') driven.now += step.ms;
        if (step.kind === 'settle') {
          const window = driven.open[step.which % Math.max(1, driven.open.length)]?.windowEndsAt ?? 0;
          const settled = driven.settle(step.end, step.which);
          // One that came too late was a guess all the same.
          if (step.end === 'FAILED' || settled === undefined)
            failed.set(window, (failed.get(window) ?? 0) + 1);
          if (settled !== undefined && step.end === 'CLEARED') failed.delete(window);
        }
        violations.push(...violationsOf(driven));
      }
      failed.delete(0);
      if (Math.max(0, ...failed.values()) > driven.rule.limit) violations.push('more failed than the limit');
      expect(violations).toEqual([]);
    };
    fc.assert(fc.property(steps, rules, run), { numRuns: 3_000 });
  });

  it('somebody is let in again: no bucket stays closed for longer than its window', () => {
    fc.assert(
      fc.property(steps, rules, (script, rule) => {
        const driven = new Driven({ ...rule, free: Math.min(rule.free, rule.limit) });
        for (const step of script) {
          if (step.kind === 'ask') driven.ask(step.waited);
          if (step.kind === 'settle') driven.settle(step.end, step.which);
          if (step.kind === 'pass') driven.now += step.ms;
        }
        driven.now += driven.rule.window;
        expect(driven.ask().verdict).toBe('GRANTED');
      }),
      { numRuns: 1_000 },
    );
  });
});
