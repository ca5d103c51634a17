import type { EntityManager } from 'typeorm';
import type { FeedEntry, Revocation } from '../revocation/revocation.ts';
import { chunks } from './chunks.ts';
import type { Database } from './database.ts';
import { toEntries, toRow } from './revocation-rows.ts';

/**
 * Writes what a transaction revokes into the feed, as the last thing before its commit. The counter is the last lock of
 * the lock order (users, sessions, counter) and is held until the commit: so sequence order is commit order, without gaps,
 * and whoever has read an entry has read all before it (DESIGN section 5).
 *
 * @param now the transaction's time
 */
export async function appendRevocations(
  database: Pick<Database, 'dialect' | 'rows'>,
  manager: EntityManager,
  revocations: readonly Revocation[],
  now: number,
): Promise<FeedEntry[]> {
  if (revocations.length === 0) return [];
  const last = await takeNumbers(database, manager, revocations.length);
  const entries = toEntries(revocations, last - revocations.length + 1, now);
  for (const chunk of chunks(entries)) await manager.insert(database.rows.revocations, chunk.map(toRow));
  return entries;
}

/** @returns the last of so many numbers that are this transaction's */
async function takeNumbers(
  { dialect }: Pick<Database, 'dialect'>,
  manager: EntityManager,
  count: number,
): Promise<number> {
  if (dialect === 'mysql') {
    const sql = 'UPDATE feed_counter SET seq = LAST_INSERT_ID(seq + ?) WHERE id = 1';
    const { insertId } = await manager.query<{ insertId: number }>(sql, [count]);
    return insertId;
  }
  const sql = 'UPDATE feed_counter SET seq = seq + ? WHERE id = 1 RETURNING seq';
  const [counter] = await manager.query<{ seq: number }[]>(sql, [count]);
  return Number(counter?.seq);
}
