import type { AuditEventType, AuditListener } from '../audit/event.ts';
import type { RotationDecision } from '../sessions/rotation.ts';
import { type ActivityCount, type ActivityKind, type ActivityStore, hourOf, KEPT_HOURS } from './activity.ts';

const KIND_OF_EVENT: Partial<Record<AuditEventType, ActivityKind>> = {
  LOGIN_SUCCEEDED: 'LOGIN',
  LOGIN_FAILED: 'FAILED_LOGIN',
  SESSION_ENDED: 'REVOCATION',
};

type Hour = Map<ActivityKind, number>;

/**
 * What this process has seen and not saved yet. To count is an addition in memory: no request waits for it, and a refresh,
 * which leaves no line in the security log, costs no statement more.
 */
export class ActivityCounts {
  /** At most KEPT_HOURS of them, however long they cannot be saved. */
  readonly #hours = new Map<number, Hour>();

  readonly onEvent: AuditListener = ({ type, at }) => {
    const kind = KIND_OF_EVENT[type];
    if (kind !== undefined) this.#add({ hour: hourOf(at), kind, count: 1 });
  };

  /** @param now milliseconds of the database's clock; a refresh that found a reuse is the end of a session */
  onRefresh(verdict: RotationDecision['verdict'], now: number): void {
    if (verdict !== 'REUSED') this.#add({ hour: hourOf(now), kind: 'REFRESH', count: 1 });
  }

  /**
   * What cannot be saved is kept for the next time. Where the answer to a commit was lost it is counted twice then, which a
   * chart bears and a lost hour would not.
   *
   * @throws what the store throws
   */
  async saveTo(store: ActivityStore): Promise<void> {
    const counts = this.#take();
    if (counts.length === 0) return;
    try {
      await store.add(counts);
    } catch (error) {
      for (const count of counts) this.#add(count);
      throw error;
    }
  }

  #take(): ActivityCount[] {
    const counts = [...this.#hours].flatMap(([hour, kinds]) =>
      [...kinds].map(([kind, count]) => ({ hour, kind, count })),
    );
    this.#hours.clear();
    return counts;
  }

  #add({ hour, kind, count }: ActivityCount): void {
    const kinds: Hour = this.#hours.get(hour) ?? new Map();
    kinds.set(kind, (kinds.get(kind) ?? 0) + count);
    this.#hours.set(hour, kinds);
    if (this.#hours.size > KEPT_HOURS) this.#hours.delete(Math.min(...this.#hours.keys()));
  }
}
