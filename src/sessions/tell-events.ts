import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from './session.ts';
import { type SessionEventKind, sessionEvent } from './session-event.ts';
import type { SessionEvents } from './session-events.ts';
import type { SessionHint } from './session-hint.ts';

/** Where the sessions that are told of are read. */
export interface SessionSource {
  /**
   * @param ids at most MOST_AT_ONCE
   * @throws Refusal UNAVAILABLE
   */
  findAll(ids: readonly string[]): Promise<Session[]>;
}

/** Sessions that one query reads. */
const MOST_AT_ONCE = 500;

/** Hints that wait to be looked up; beyond these they are dropped, since nobody relies on them. */
const MOST_HINTS = 1_000;

/** Milliseconds after a failure. An ending is told as soon as the database can say whose session it was. */
const PAUSE = 250;

/**
 * Tells the subscribers of this process what happened to sessions: looks up, in batches, what a hint or an entry of the
 * feed does not say. Where nobody listens, nothing is looked up.
 */
export class EventTeller {
  readonly #due = new Map<string, SessionEventKind>();
  #running: Promise<void> | undefined;
  readonly #stopped = new AbortController();

  constructor(
    private readonly events: Pick<SessionEvents, 'isEmpty' | 'isWanted' | 'publish'>,
    private readonly sessions: SessionSource,
  ) {}

  hint({ kind, userId, sessionId }: SessionHint): void {
    if (!this.events.isWanted(userId) || this.#due.size >= MOST_HINTS) return;
    if (!this.#due.has(sessionId)) this.#due.set(sessionId, kind);
    this.#start();
  }

  ended(sessionIds: readonly string[]): void {
    if (this.events.isEmpty) return;
    for (const id of sessionIds) this.#due.set(id, 'ENDED');
    this.#start();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#due.clear();
    await this.#running;
  }

  #start(): void {
    if (!this.#stopped.signal.aborted) this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    // Whatever becomes due in the same turn shares the query.
    await Promise.resolve();
    while (this.#due.size > 0) {
      if (!(await this.#tellSome()))
        await sleep(PAUSE, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
      if (this.events.isEmpty) this.#due.clear();
    }
    this.#running = undefined;
  }

  /** @returns false: they cannot be read now, and stay due */
  async #tellSome(): Promise<boolean> {
    const some = [...this.#due].slice(0, MOST_AT_ONCE);
    const sessions = await this.sessions.findAll(some.map(([id]) => id)).catch(() => undefined);
    if (sessions === undefined) return false;
    const kinds = new Map(some);
    // One that has ended since it was asked for is due again.
    for (const [id, kind] of some) if (this.#due.get(id) === kind) this.#due.delete(id);
    for (const session of sessions) {
      const event = sessionEvent(kinds.get(session.id) ?? 'ENDED', session);
      if (event !== undefined) this.events.publish(event);
    }
    return true;
  }
}
