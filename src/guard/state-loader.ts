import DataLoader from 'dataloader';
import { inTime } from '../in-time.ts';
import type { SigningKeys } from '../keys/signing-keys.ts';
import { BatchSchedule } from './batch-schedule.ts';
import type { SessionState } from './caller.ts';

/** What one query read at one moment. */
export interface LoadedStates {
  /** By session id; none for a session that does not exist. */
  readonly states: ReadonlyMap<string, SessionState>;
  /** Of the signing keys; undefined where no session was found, and nothing is accepted. */
  readonly keyEpoch: number | undefined;
}

/** Where the state of sessions is read from. */
export interface StateSource {
  /**
   * One query for all.
   *
   * @param sessionIds distinct, at most MAX_BATCH
   * @throws Refusal UNAVAILABLE
   */
  loadStates(sessionIds: readonly string[]): Promise<LoadedStates>;
}

const MAX_BATCH = 256;

/** Milliseconds that a request waits for its caller to be confirmed: a client hears within a second that it must wait. */
const PATIENCE = 800;

export interface StateLoader {
  load(sessionId: string): Promise<SessionState | undefined>;
}

/**
 * One loader for the whole process. DataLoader's own scheduling batches within one request only; `BatchSchedule` gathers
 * what all requests of one turn of the event loop ask for. Nothing is cached: no value may outlive its batch, or an
 * ended session would live on in it.
 *
 * A key that was revoked anywhere is known here before any of the states that were read with it is handed out.
 */
export function createStateLoader(source: StateSource, keys: Pick<SigningKeys, 'synchronize'>): StateLoader {
  const batches = new BatchSchedule();
  const load = async (ids: readonly string[]) => {
    const { states, keyEpoch } = await batches.run(() => source.loadStates([...new Set(ids)]));
    if (keyEpoch !== undefined) await keys.synchronize(keyEpoch);
    return ids.map((id) => states.get(id));
  };
  return new DataLoader<string, SessionState | undefined>((ids) => inTime(load(ids), PATIENCE), {
    cache: false,
    maxBatchSize: MAX_BATCH,
    batchScheduleFn: (dispatch) => batches.schedule(dispatch),
  });
}
