import fc from 'fast-check';
import { SESSION_END_REASONS, type SessionEndReason } from '../../src/errors/refusal.ts';
import { Denylist } from '../../src/revocation/denylist.ts';
import { EFFECTIVE_FOR, type FeedEntry } from '../../src/revocation/revocation.ts';

const START = 1_750_000_000_000;

/** A few ids, so that entries meet; bytes of every kind, since keys are made of them. */
const IDS = ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'].concat(
  Array.from({ length: 3 }, (_, index) => `018f3c5e-7d2a-7b41-80ff-0000000000${index}a`),
);

const id = fc.constantFrom(...IDS);
const times = fc.nat({ max: 2 * EFFECTIVE_FOR }).map((after) => {
  const createdAt = START + after;
  return { sequence: 1, createdAt, effectiveUntil: createdAt + EFFECTIVE_FOR };
});
const entry: fc.Arbitrary<FeedEntry> = fc
  .tuple(
    fc.oneof(
      fc.record({
        kind: fc.constant('SESSION' as const),
        sessionId: id,
        reason: fc.constantFrom(...SESSION_END_REASONS),
      }),
      fc.record({
        kind: fc.constant('USER' as const),
        userId: id,
        leastVersion: fc.nat({ max: 0xffff_ffff }),
      }),
      fc.record({ kind: fc.constant('KEYS' as const), epoch: fc.nat({ max: 9 }) }),
    ),
    times,
  )
  .map(([revocation, time]) => ({ ...revocation, ...time }));

/** Histories of entries and purges. */
const history = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.array(entry, { maxLength: 4 }) },
    { weight: 1, arbitrary: fc.nat({ max: 3 * EFFECTIVE_FOR }).map((after) => START + after) },
  ),
  { maxLength: 30 },
);

/** What a list must say that never forgets anything that still matters: everything is looked through, every time. */
class SimpleList {
  readonly #entries: FeedEntry[] = [];
  #now = START;

  enter(entries: readonly FeedEntry[]): void {
    this.#entries.push(...entries);
  }

  purge(now: number): void {
    this.#now = Math.max(this.#now, now);
  }

  isEnded(sessionId: string): boolean {
    return this.#current().some((each) => each.kind === 'SESSION' && each.sessionId === sessionId);
  }

  leastVersion(userId: string): number {
    return this.#max((each) => (each.kind === 'USER' && each.userId === userId ? each.leastVersion : 0));
  }

  keyEpoch(): number {
    const epochs = this.#entries.map((each) => (each.kind === 'KEYS' ? each.epoch : 0));
    return Math.max(0, ...epochs);
  }

  #current(): FeedEntry[] {
    return this.#entries.filter(({ effectiveUntil }) => effectiveUntil > this.#now);
  }

  #max(read: (each: FeedEntry) => number): number {
    return Math.max(0, ...this.#current().map(read));
  }
}

function sessionEntry(sessionId: string, createdAt: number, reason: SessionEndReason = 'LOGOUT'): FeedEntry {
  const effectiveUntil = createdAt + EFFECTIVE_FOR;
  return { kind: 'SESSION', sessionId, reason, sequence: 1, createdAt, effectiveUntil };
}

function userEntry(userId: string, leastVersion: number, createdAt = START): FeedEntry {
  const effectiveUntil = createdAt + EFFECTIVE_FOR;
  return { kind: 'USER', userId, leastVersion, sequence: 1, createdAt, effectiveUntil };
}

describe('the denylist', () => {
  const [first = '', second = ''] = IDS;

  it('E7 forgets nothing that matters, whatever comes in whatever order, twice, with purges between', () => {
    const property = fc.property(history, (events) => {
      const [list, simple] = [new Denylist(), new SimpleList()];
      for (const event of events) {
        for (const each of [list, simple]) typeof event === 'number' ? each.purge(event) : each.enter(event);
        for (const each of IDS) {
          // It may remember longer than it must; what it remembers, it remembers as strictly.
          if (simple.isEnded(each)) expect(list.sessionEnd(each)).toBeDefined();
          expect(list.leastVersion(each)).toBeGreaterThanOrEqual(simple.leastVersion(each));
        }
        expect(list.keyEpoch).toBe(simple.keyEpoch());
      }
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('knows nobody whom it was not told of', () => {
    const property = fc.property(fc.array(entry, { maxLength: 20 }), (entries) => {
      const list = new Denylist();
      list.enter(entries.map((each) => Object.assign({ ...each }, { sessionId: first, userId: first })));
      expect(list.sessionEnd(second)).toBeUndefined();
      expect(list.leastVersion(second)).toBe(0);
    });
    fc.assert(property, { numRuns: 200 });
  });

  it.each(SESSION_END_REASONS)('tells when and why a session ended: %s', (reason) => {
    const list = new Denylist();
    list.enter([sessionEntry(first, START + 1, reason)]);
    expect(list.sessionEnd(first)).toEqual({ at: START + 1, reason });
  });

  it('E7 a version never goes down', () => {
    const list = new Denylist();
    list.enter([userEntry(first, 7), userEntry(first, 3)]);
    list.enter([userEntry(first, 5, START + 1)]);
    expect(list.leastVersion(first)).toBe(7);
  });

  it('lets go of what has ceased to matter, and of nothing a millisecond earlier', () => {
    const list = new Denylist();
    list.enter([sessionEntry(first, START), sessionEntry(second, START + 1), userEntry(first, 2)]);
    list.purge(START + EFFECTIVE_FOR - 1);
    expect(list.size).toBe(3);
    list.purge(START + EFFECTIVE_FOR);
    expect(list.size).toBe(1);
    expect(list.sessionEnd(second)).toBeDefined();
  });

  it('stays as small as what can still matter, however long it runs', () => {
    const list = new Denylist();
    for (let minute = 0; minute < 500; minute++) {
      const now = START + minute * 60_000;
      list.enter(
        Array.from({ length: 20 }, (_, index) =>
          sessionEntry(`018f3c5e-7d2a-7b41-80ff-${String(minute * 20 + index).padStart(12, '0')}`, now),
        ),
      );
      list.enter([userEntry(first, minute, now)]);
      list.purge(now);
    }
    expect(list.size).toBeLessThanOrEqual((EFFECTIVE_FOR / 60_000) * 20 + 1);
    expect(list.size).toBeGreaterThan((EFFECTIVE_FOR / 60_000 - 1) * 20);
  });
});
