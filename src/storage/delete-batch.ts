import type { Dialect } from './dialect.ts';

/** The tables whose rows become history, and the column by which a batch of them is found again. */
const FOUND_BY = {
  sessions: 'id',
  audit_events: 'id',
  login_buckets: 'id',
  signing_keys: 'id',
  revocation_feed: 'seq',
  activity_hours: 'hour',
} as const;

export type PurgedTable = keyof typeof FOUND_BY;

/** Deletes the first rows that fulfil the condition and that nobody else has locked. */
export function deleteBatch(dialect: Dialect, table: PurgedTable, condition: string, limit: number): string {
  const key = FOUND_BY[table];
  const found = `SELECT ${key} FROM ${table} WHERE ${condition} LIMIT ${limit}`;
  // Joined in this order, only what was found is looked at; given a list of ids, MySQL reads all of a small table, and
  // waits for every row that somebody holds.
  return dialect === 'mysql'
    ? `DELETE ${table} FROM (${found} FOR UPDATE SKIP LOCKED) found STRAIGHT_JOIN ${table} ON ${table}.${key} = found.${key}`
    : `DELETE FROM ${table} WHERE ${key} IN (${found})`;
}
