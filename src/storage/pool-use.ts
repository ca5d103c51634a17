import type { DataSource } from 'typeorm';

export interface PoolUse {
  /** Open connections. */
  readonly open: number;
  /** Those of them that nobody uses. */
  readonly idle: number;
  /** Requests that wait for one. */
  readonly waiting: number;
}

/** mysql2 has no other way to tell; its version is pinned, and test/metrics/gauges.test.ts holds the names. */
interface PoolInside {
  readonly _allConnections: { readonly length: number };
  readonly _freeConnections: { readonly length: number };
  readonly _connectionQueue: { readonly length: number };
}

export function poolUse(source: DataSource): PoolUse {
  const { pool } = source.driver as unknown as { pool: PoolInside };
  return {
    open: pool._allConnections.length,
    idle: pool._freeConnections.length,
    waiting: pool._connectionQueue.length,
  };
}
