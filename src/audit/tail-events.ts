import { setTimeout as sleep } from 'node:timers/promises';
import type { Position } from '../paging/page.ts';
import type { AuditEventFilter, AuditLog, RecordedEvent } from './list-events.ts';

/** Milliseconds between two looks at the log. */
const INTERVAL = 1_000;

/**
 * Milliseconds. An event bears the time at which its transaction took its locks, and is seen from the commit on: one that
 * came after it may be seen before it. So the last stretch of the log is read at every look; a lock is waited for 5 s.
 */
const OVERLAP = 15_000;

const PAGE = 500;

/** The log, and the clock that its times are of. */
export interface EventSource {
  readonly log: AuditLog;
  now(): Promise<number>;
}

/**
 * The newest events of the security log, then new ones as they come: each once, oldest first.
 *
 * @param stop aborted: what is there is all
 */
export async function* tailEvents(
  source: EventSource,
  filter: AuditEventFilter,
  limit: number,
  stop: AbortSignal,
): AsyncGenerator<readonly RecordedEvent[]> {
  let since = (await source.now()) - OVERLAP;
  // Read before the newest ones: an event that commits between the two is one of those, or new.
  const there = stop.aborted ? [] : await eventsSince(source.log, filter, since);
  const newest = (await source.log.list(filter, { first: limit, after: undefined })).items;
  const shown = newest.map(({ item }) => item);
  yield shown.toReversed();
  let seen = idsOf([...there, ...shown]);
  for (;;) {
    await sleep(INTERVAL, undefined, { signal: stop }).catch(() => undefined);
    if (stop.aborted) return;
    since = Math.max(since, (await source.now()) - OVERLAP);
    const found = await eventsSince(source.log, filter, since);
    const fresh = found.filter(({ id }) => !seen.has(id));
    if (fresh.length > 0) yield fresh.toReversed();
    seen = idsOf(found);
  }
}

/** All of them, newest first. */
async function eventsSince(log: AuditLog, filter: AuditEventFilter, since: number): Promise<RecordedEvent[]> {
  const found: RecordedEvent[] = [];
  let after: Position | undefined;
  for (;;) {
    const { items, hasNextPage } = await log.list({ ...filter, since }, { first: PAGE, after });
    found.push(...items.map(({ item }) => item));
    if (!hasNextPage) return found;
    after = items.at(-1)?.position;
  }
}

function idsOf(events: readonly RecordedEvent[]): ReadonlySet<string> {
  return new Set(events.map(({ id }) => id));
}
