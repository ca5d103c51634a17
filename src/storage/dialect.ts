/** The two kinds of database that are spoken to. */
export type Dialect = 'sqlite' | 'mysql';

/**
 * The database's time in integer milliseconds. SYSDATE, unlike NOW, is read when the row is: a statement that waited
 * for a lock sees the time after the wait. Connections run in UTC (see mysql-driver.ts), so no hour of the year is
 * ambiguous.
 */
export const NOW: Record<Dialect, string> = {
  sqlite: "CAST(ROUND(unixepoch('subsec') * 1000) AS INTEGER)",
  mysql: 'CAST(ROUND(UNIX_TIMESTAMP(SYSDATE(3)) * 1000) AS SIGNED)',
};
