import { cursorOf } from './feed-cursor.ts';
import type { FeedEntry } from './revocation.ts';

/** The messages of the feed for other services: docs/revocation-feed.md. */
export const SNAPSHOT = message('snapshot', '{}');
export const RESUMED = message('resumed', '{}');

/** @param entries at least one; the cursor is that of the last one of `read`, whose others may not matter any more */
export function revocationsMessage(entries: readonly FeedEntry[], read = entries): string {
  return message('revocations', JSON.stringify(entries.map(publicEntry)), read.at(-1));
}

/**
 * @param at milliseconds after the request of the subscriber was received
 * @param last entry that was read; undefined: there never was one
 */
export function currentMessage(at: number, last: FeedEntry | undefined): string {
  return message('current', `{"at":${Math.floor(at)}}`, last);
}

function message(event: string, data: string, last?: FeedEntry): string {
  const id = last === undefined ? '' : `id: ${cursorOf(last)}\n`;
  return `${id}event: ${event}\ndata: ${data}\n\n`;
}

function publicEntry(entry: FeedEntry): object {
  // Rounded up: a token of that very second may still be valid in it.
  const until = Math.ceil(entry.effectiveUntil / 1000);
  if (entry.kind === 'SESSION') return { kind: 'session', sid: entry.sessionId, reason: entry.reason, until };
  if (entry.kind === 'USER') return { kind: 'user', sub: entry.userId, ver: entry.leastVersion, until };
  return { kind: 'keys', until };
}
