import type { FormattedExecutionResult, Sink, SubscribePayload } from 'graphql-ws/client';
import { refusalOf } from '../portcullis-error.ts';
import type { Line } from './line.ts';
import { type OperationKind, operationKind } from './operation-kind.ts';
import type { Overlap } from './overlap.ts';
import { tell } from './tell.ts';

export type AnySink = Sink<FormattedExecutionResult<never, never>>;

/** What puts an operation on connections. */
export interface Carrier {
  remove(operation: Operation): void;
  carryLater(operation: Operation): void;
}

/** One subscription, query or mutation of the application, whatever connections carry it. */
export class Operation {
  /** Whose it is; undefined until that is known. */
  owner: string | undefined;
  /** While connections take turns. */
  overlap: Overlap | undefined;
  readonly #kind: OperationKind;
  /** What takes it off a connection. */
  readonly #routes = new Map<Line, () => void>();
  #isOver = false;

  constructor(
    private readonly payload: SubscribePayload,
    private readonly sink: AnySink,
    private readonly carrier: Carrier,
  ) {
    this.#kind = operationKind(payload);
  }

  /** Only a subscription is put on a second connection: the others are answered where they were asked. */
  attach(line: Line): void {
    this.owner ??= line.userId;
    const isElsewhere = this.#routes.size > 0 && this.#kind !== 'subscription';
    if (this.#isOver || this.#routes.has(line) || isElsewhere || this.owner !== line.userId) return;
    let isCut = false;
    const stop = line.subscribe(this.payload, {
      next: (result) => isCut || this.#pass(line, result as FormattedExecutionResult<never, never>),
      error: (errors) => isCut || this.#refuse(line, errors),
      complete: () => isCut || this.complete(),
    });
    this.#routes.set(line, () => {
      isCut = true;
      stop();
    });
  }

  /** Off a connection that another one has taken over from. */
  leave(line: Line): void {
    if (this.#kind === 'subscription') this.#cut(line);
  }

  /** Off a connection that is over. Nobody knows whether a mutation was carried out on it. */
  lose(line: Line): void {
    if (!this.#cut(line)) return;
    if (this.#kind === 'mutation' && line.servedAt !== undefined) this.fail(line.closing);
  }

  complete(): void {
    this.#finish(() => this.sink.complete());
  }

  fail(error: unknown): void {
    this.#finish(() => this.sink.error(error));
  }

  /** A subscription waits for a database that is away, as it does where a connection cannot be opened. */
  #refuse(line: Line, errors: unknown): void {
    // Anything but GraphQL's errors tells of the connection, which tells of itself.
    if (!Array.isArray(errors)) return;
    const isWaiting = this.#kind === 'subscription' && refusalOf({ errors })?.code === 'UNAVAILABLE';
    if (!isWaiting) this.fail(errors);
    else if (this.#cut(line)) this.carrier.carryLater(this);
  }

  #pass(line: Line, result: FormattedExecutionResult<never, never>): void {
    const { overlap } = this;
    if (!overlap || overlap.isFirst(line, JSON.stringify(result))) tell(() => this.sink.next(result));
  }

  #cut(line: Line): boolean {
    this.#routes.get(line)?.();
    return this.#routes.delete(line);
  }

  #finish(ending: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const line of [...this.#routes.keys()]) this.#cut(line);
    this.carrier.remove(this);
    tell(ending);
  }
}
