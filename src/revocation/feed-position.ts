import { isDeepStrictEqual } from 'node:util';
import type { FeedEntry } from './revocation.ts';

/** What one poll brought, read in one statement, so that all of it was true at one moment. */
export interface FeedPage {
  /** Sequence of the newest entry that was ever committed; 0: there was none. */
  readonly head: number;
  /** Milliseconds of the database's clock. */
  readonly now: number;
  /** By sequence, from the one that was asked for; what has ceased to matter may be missing. */
  readonly entries: readonly FeedEntry[];
  /** There may be more after these. */
  readonly isFull: boolean;
}

/** How far a follower has read. */
export interface FeedPosition {
  /** The last entry that was read; the next page begins with it. */
  readonly last: FeedEntry | undefined;
  /** Reads all that still matters, from the beginning; gaps are what was purged. */
  readonly isSnapshot: boolean;
}

export const BEGINNING: FeedPosition = { last: undefined, isSnapshot: true };

export interface Step {
  readonly position: FeedPosition;
  /** All that had been committed when the page was read has been read. */
  readonly isCurrent: boolean;
}

/**
 * One step along the feed. Sequence order is commit order, so that a reader who has seen an entry has seen all before it.
 * Where that cannot be what happened, the reader begins anew: a database that took over from another without its last
 * commits gives their numbers to other revocations, and a gap is what a reader must not pass.
 */
export function follow(position: FeedPosition, page: FeedPage): Step {
  if (!continues(position, page)) return { position: BEGINNING, isCurrent: false };
  const newest = page.entries.at(-1);
  if (page.isFull) return { position: { ...position, last: newest }, isCurrent: false };
  const atHead = newest?.sequence === page.head;
  return {
    position: atHead ? { last: newest, isSnapshot: false } : BEGINNING,
    isCurrent: atHead || position.isSnapshot,
  };
}

function continues({ last, isSnapshot }: FeedPosition, { entries }: FeedPage): boolean {
  if (last !== undefined && !isDeepStrictEqual(entries[0], last)) return false;
  return (
    isSnapshot || entries.every(({ sequence }, index) => sequence === (entries[0]?.sequence ?? 0) + index)
  );
}
