import { HOUR, KEPT_HOURS } from '../activity/activity.ts';
import type { Database } from './database.ts';
import type { PurgedTable } from './delete-batch.ts';
import { confirmed } from './failures.ts';
import { feedHead } from './revocation-feed.ts';
import type { Transactions } from './transactions.ts';

/** Rows a transaction: its locks are held for milliseconds. */
const BATCH = 500;

/** Milliseconds that rows are kept after they have become history. */
export interface Retention {
  readonly sessions: number;
  readonly auditEvents: number;
}

/**
 * Deletes what is older than its retention, and counters that say nothing any more, in small batches. Instances that purge at once pass over one another's rows
 * (SKIP LOCKED) instead of waiting for them.
 *
 * @returns how many rows it deleted
 */
async function purge(database: Database, transactions: Transactions, retention: Retention): Promise<number> {
  const now = await database.now();
  const sessionsBefore = now - retention.sessions;
  const passes: readonly Pass[] = [
    { table: 'sessions', condition: 'ended_at < ?', values: [sessionsBefore] },
    { table: 'sessions', condition: 'expires_at < ?', values: [sessionsBefore] },
    { table: 'audit_events', condition: 'at < ?', values: [now - retention.auditEvents] },
    { table: 'login_buckets', condition: 'expires_at < ?', values: [now] },
    { table: 'activity_hours', condition: 'hour < ?', values: [now - KEPT_HOURS * HOUR] },
    { table: 'signing_keys', condition: 'expires_at < ?', values: [now] },
    // The newest entry stays, by which a follower sees that the feed is the one that it knows; so does the epoch of the
    // keys, which holds for as long as they do.
    {
      table: 'revocation_feed',
      condition: "effective_until < ? AND kind <> 'KEYS' AND seq < ?",
      values: [now, await feedHead(database)],
    },
  ];
  let deleted = 0;
  for (const pass of passes) deleted += await deleteAll(transactions, pass);
  return deleted;
}

interface Pass {
  readonly table: PurgedTable;
  readonly condition: string;
  readonly values: readonly number[];
}

async function deleteAll(transactions: Transactions, { table, condition, values }: Pass): Promise<number> {
  let deleted = 0;
  for (;;) {
    const batch = await confirmed(() =>
      transactions.run([], (tx) => tx.deleteBatch(table, condition, values, BATCH)),
    );
    deleted += batch;
    if (batch < BATCH) return deleted;
  }
}

const LONGEST_INTERVAL = 60_000;
const SHORTEST_INTERVAL = 1_000;

/**
 * Purges from time to time, at an interval that no retention is shorter than, with a jitter that keeps instances apart.
 *
 * @param onError a purge that failed; the next one makes up for it
 * @returns stops it
 */
export function startPurging(
  database: Database,
  transactions: Transactions,
  retention: Retention,
  onError: (error: unknown) => void,
): () => void {
  const shortest = Math.min(retention.sessions, retention.auditEvents, LONGEST_INTERVAL);
  const interval = Math.max(shortest, SHORTEST_INTERVAL) * (0.9 + Math.random() * 0.2);
  let running = false;
  const timer = setInterval(async () => {
    if (running) return;
    running = true;
    await purge(database, transactions, retention).catch(onError);
    running = false;
  }, interval).unref();
  return () => clearInterval(timer);
}
