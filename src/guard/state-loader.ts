import DataLoader from 'dataloader';
import type { SessionState } from './caller.ts';

/** Where the state of sessions is read from. */
export interface StateSource {
  /**
   * One query for all.
   *
   * @param sessionIds distinct, at most MAX_BATCH
   * @throws Refusal UNAVAILABLE
   */
  loadStates(sessionIds: readonly string[]): Promise<ReadonlyMap<string, SessionState>>;
}

const MAX_BATCH = 256;

export interface StateLoader {
  load(sessionId: string): Promise<SessionState | undefined>;
}

/**
 * One loader for the whole process. DataLoader's own scheduling batches within one request only; `setImmediate` gathers
 * what all requests of one turn of the event loop ask for. Nothing is cached: no value may outlive its batch, or an
 * ended session would live on in it.
 */
export function createStateLoader(source: StateSource): StateLoader {
  return new DataLoader<string, SessionState | undefined>(
    async (ids) => {
      const states = await source.loadStates([...new Set(ids)]);
      return ids.map((id) => states.get(id));
    },
    { cache: false, maxBatchSize: MAX_BATCH, batchScheduleFn: (dispatch) => setImmediate(dispatch) },
  );
}
