import { BEGINNING, type FeedPage, type FeedPosition, follow } from '../../src/revocation/feed-position.ts';
import type { FeedEntry } from '../../src/revocation/revocation.ts';

const PAGE = 4;

/** The same number stands for another revocation in another `life` of the database. */
function entry(sequence: number, life = 0): FeedEntry {
  const sessionId = `018f3c5e-7d2a-7b41-80ff-${String(life * 1_000 + sequence).padStart(12, '0')}`;
  return {
    kind: 'SESSION',
    sessionId,
    reason: 'LOGOUT',
    sequence,
    createdAt: sequence,
    effectiveUntil: 9_999,
  };
}

function entries(from: number, to: number, life = 0): FeedEntry[] {
  return Array.from({ length: Math.max(to - from + 1, 0) }, (_, index) => entry(from + index, life));
}

/** As the database answers from where the position is. */
function answer(
  position: FeedPosition,
  table: readonly FeedEntry[],
  head = table.at(-1)?.sequence ?? 0,
): FeedPage {
  const rows = table.filter(({ sequence }) => sequence >= (position.last?.sequence ?? 0)).slice(0, PAGE);
  return { head, now: 0, entries: rows, isFull: rows.length === PAGE };
}

/** Steps until the follower is current. @returns what it was told, in order, and where it stands */
function catchUp(start: FeedPosition, table: readonly FeedEntry[], head?: number) {
  let position = start;
  const told: number[] = [];
  for (let step = 0; step < 100; step++) {
    const page = answer(position, table, head);
    const next = follow(position, page);
    told.push(...page.entries.map(({ sequence }) => sequence));
    position = next.position;
    if (next.isCurrent) return { position, told: [...new Set(told)], steps: step + 1 };
  }
  throw new Error('It never became current.');
}

const at = (sequence: number, life = 0): FeedPosition => ({ last: entry(sequence, life), isSnapshot: false });

describe('following the feed', () => {
  it('is current at once where there is nothing, and begins there again', () => {
    expect(follow(BEGINNING, answer(BEGINNING, []))).toEqual({ position: BEGINNING, isCurrent: true });
  });

  it('reads everything from the beginning, page by page, and is not current before the last', () => {
    const table = entries(1, 11);
    const { position, told } = catchUp(BEGINNING, table);
    expect(told).toEqual(table.map(({ sequence }) => sequence));
    expect(position).toEqual(at(11));
    expect(follow(BEGINNING, answer(BEGINNING, table)).isCurrent).toBe(false);
  });

  it('goes on from where it was', () => {
    const { told, steps } = catchUp(at(9), entries(1, 11));
    expect(told).toEqual([9, 10, 11]);
    expect(steps).toBe(1);
  });

  it('stays where it is when nothing has come', () => {
    expect(follow(at(11), answer(at(11), entries(1, 11)))).toEqual({ position: at(11), isCurrent: true });
  });

  it('takes what was purged for a gap only from the beginning', () => {
    const purged = entries(1, 11).filter(({ sequence }) => ![1, 2, 4].includes(sequence));
    expect(catchUp(BEGINNING, purged).position).toEqual(at(11));
  });

  it('E7 does not pass a gap: it begins anew, and is not current meanwhile', () => {
    const lost = entries(1, 11).filter(({ sequence }) => sequence !== 10);
    expect(follow(at(9), answer(at(9), lost))).toEqual({ position: BEGINNING, isCurrent: false });
    expect(catchUp(at(9), lost).told).toEqual([9, 11, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('E7 does not pass a gap before the head', () => {
    expect(follow(at(9), answer(at(9), entries(1, 10), 11))).toEqual({
      position: BEGINNING,
      isCurrent: false,
    });
  });

  it('E7 begins anew when the head is behind it: the database has lost commits', () => {
    expect(catchUp(at(11), entries(1, 8)).told).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it.each([9, 11, 20])('E7 notices that the numbers after 6 were given again, the head now at %i', (head) => {
    const rewritten = [...entries(1, 6), ...entries(7, head, 1)];
    const { position, told } = catchUp(at(9), rewritten);
    expect(told).toEqual(expect.arrayContaining([7, 8]));
    expect(position).toEqual(at(head, 1));
  });

  it('E7 begins anew when it slept for so long that its place was purged', () => {
    expect(catchUp(at(3), entries(9, 11)).position).toEqual(at(11));
  });
});
