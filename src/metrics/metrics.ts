import { Registry } from 'prom-client';
import type { AuditListener } from '../audit/event.ts';
import type { FieldListener } from '../graphql/observe-fields.ts';
import type { GuardListener } from '../guard/guard-listener.ts';
import type { BatchListener } from '../guard/state-loader.ts';
import type { MetricsSource } from '../http/metrics-endpoint.ts';
import type { AnswerListener } from '../http/observe-requests.ts';
import type { RefreshListener } from '../sessions/services.ts';
import { countDecisions, measureBatches } from './count-decisions.ts';
import { countEvents, countRefreshes } from './count-events.ts';
import { countFields, countRequests } from './count-requests.ts';
import { countClosings } from './count-sockets.ts';
import { type InstanceFacts, showInstance } from './show-instance.ts';
import { showProcess } from './show-process.ts';

/**
 * The metrics of one server, in a registry of its own: what happens is counted by listeners, what is there is read when
 * somebody looks. Labels have values of ours only: no client can add one, and none tells of a user.
 */
export class Metrics implements MetricsSource {
  readonly #registry = new Registry();
  readonly onAnswer: AnswerListener = countRequests(this.#registry);
  readonly onField: FieldListener = countFields(this.#registry);
  readonly guard: GuardListener = countDecisions(this.#registry);
  readonly onBatch: BatchListener = measureBatches(this.#registry);
  readonly onEvent: AuditListener = countEvents(this.#registry);
  readonly onRefresh: RefreshListener = countRefreshes(this.#registry);
  readonly onSocketClosed: (code: number) => void = countClosings(this.#registry);
  readonly #stop = showProcess(this.#registry);

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  show(facts: InstanceFacts): void {
    showInstance(this.#registry, facts);
  }

  stop(): void {
    this.#stop();
  }
}
