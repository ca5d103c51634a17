import { type SpanContext, trace } from '@opentelemetry/api';
import DataLoader from 'dataloader';
import { inTime } from '../in-time.ts';
import type { SigningKeys } from '../keys/signing-keys.ts';
import { endAfter, isKept, tracer } from '../tracing.ts';
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

/** Told of every query that read states. @param seconds from its departure to its answer */
export type BatchListener = (size: number, seconds: number) => void;

/** A session that is asked for, and the span below which it is. */
interface Ask {
  readonly sessionId: string;
  readonly asker: SpanContext | undefined;
}

/**
 * One loader for the whole process. DataLoader's own scheduling batches within one request only; `BatchSchedule` gathers
 * what all requests of one turn of the event loop ask for. Nothing is cached: no value may outlive its batch, or an
 * ended session would live on in it.
 *
 * A key that was revoked anywhere is known here before any of the states that were read with it is handed out.
 */
export function createStateLoader(
  source: StateSource,
  keys: Pick<SigningKeys, 'synchronize'>,
  onBatch: BatchListener = () => undefined,
): StateLoader {
  const batches = new BatchSchedule();
  const loadAll = async (asks: readonly Ask[]) => {
    const ids = [...new Set(asks.map(({ sessionId }) => sessionId))];
    const begun = performance.now();
    const { states, keyEpoch } = await batches.run(() => source.loadStates(ids));
    onBatch(ids.length, (performance.now() - begun) / 1000);
    if (keyEpoch !== undefined) await keys.synchronize(keyEpoch);
    return asks.map(({ sessionId }) => states.get(sessionId));
  };
  const loader = new DataLoader<Ask, SessionState | undefined>(
    (asks) => tracedBatch(asks, () => inTime(loadAll(asks), PATIENCE)),
    { cache: false, maxBatchSize: MAX_BATCH, batchScheduleFn: (dispatch) => batches.schedule(dispatch) },
  );
  return { load: (sessionId) => loader.load({ sessionId, asker: trace.getActiveSpan()?.spanContext() }) };
}

/** A batch belongs to none of its requests more than to the others: a trace of its own, with links to all of them. */
function tracedBatch<T>(asks: readonly Ask[], work: () => Promise<T>): Promise<T> {
  const links = asks.flatMap(({ asker }) => (asker === undefined ? [] : { context: asker }));
  const span = tracer.startSpan('state batch', { root: true, links, attributes: { size: asks.length } });
  return isKept(span) ? endAfter(span, work) : work();
}
