import type { SessionEvent } from './session-event.ts';

/** Events that wait for one subscriber at most; a person does not do so much in the time of one answer. */
const LONGEST_QUEUE = 100;

/** A subscriber that takes its events slower than they come: they are not kept for it. */
export class SlowSubscriber extends Error {
  override readonly name = 'SlowSubscriber';
}

/** Who wants to hear of the sessions of whom, in this process. */
export class SessionEvents {
  readonly #byUser = new Map<string, Set<Subscriber>>();

  get isEmpty(): boolean {
    return this.#byUser.size === 0;
  }

  isWanted(userId: string): boolean {
    return this.#byUser.has(userId);
  }

  /**
   * @param since milliseconds of the database's clock: what happened before is not told
   * @returns the events until `return` is called; its `next` rejects with SlowSubscriber when too many wait
   */
  subscribe(userId: string, since: number): AsyncIterableIterator<SessionEvent> {
    const subscriber = new Subscriber(since, () => this.#leave(userId, subscriber));
    const others = this.#byUser.get(userId) ?? new Set();
    this.#byUser.set(userId, others.add(subscriber));
    return subscriber;
  }

  publish(event: SessionEvent): void {
    for (const subscriber of this.#byUser.get(event.session.userId) ?? []) subscriber.tell(event);
  }

  #leave(userId: string, subscriber: Subscriber): void {
    const others = this.#byUser.get(userId);
    others?.delete(subscriber);
    if (others?.size === 0) this.#byUser.delete(userId);
  }
}

type Result = IteratorResult<SessionEvent, undefined>;

const DONE: Result = { value: undefined, done: true };

/** A queue with one reader. */
class Subscriber implements AsyncIterableIterator<SessionEvent> {
  readonly #waiting: SessionEvent[] = [];
  #take: ((result: Result) => void) | undefined;
  #state: 'open' | 'slow' | 'done' = 'open';

  constructor(
    private readonly since: number,
    private readonly leave: () => void,
  ) {}

  tell(event: SessionEvent): void {
    if (event.at < this.since) return;
    const take = this.#take;
    this.#take = undefined;
    if (take !== undefined) take({ value: event, done: false });
    else if (this.#waiting.length < LONGEST_QUEUE) this.#waiting.push(event);
    else this.#end('slow');
  }

  async next(): Promise<Result> {
    if (this.#state === 'slow') throw new SlowSubscriber('too many events wait to be taken');
    const event = this.#waiting.shift();
    if (event !== undefined) return { value: event, done: false };
    if (this.#state === 'done') return DONE;
    return new Promise((resolve) => {
      this.#take = resolve;
    });
  }

  async return(): Promise<Result> {
    this.#end('done');
    return DONE;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #end(state: 'slow' | 'done'): void {
    this.#state = state;
    this.#waiting.length = 0;
    this.#take?.(DONE);
    this.#take = undefined;
    this.leave();
  }
}
