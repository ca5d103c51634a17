import { built } from './built.mjs';

const { toEntries, toRow } = await built('storage/revocation-rows.js');

export async function appendRevocations(database, manager, revocations, now) {
  if (revocations.length === 0) return [];
  // On another connection: the number is taken whether or not, and whenever, the transaction commits.
  const sql = 'UPDATE feed_counter SET seq = LAST_INSERT_ID(seq + ?) WHERE id = 1';
  const { insertId } = await database.writer.query(sql, [revocations.length]);
  const entries = toEntries(revocations, insertId - revocations.length + 1, now);
  await manager.insert(database.rows.revocations, entries.map(toRow));
  return entries;
}
