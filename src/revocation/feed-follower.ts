import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { BEGINNING, type FeedPage, type FeedPosition, follow } from './feed-position.ts';
import type { Freshness, Moment } from './freshness.ts';

/** Where the feed is read. */
export interface FeedSource {
  /**
   * One page, read at one moment. It ends within a time limit of its own.
   *
   * @param from sequence of its first entry
   * @throws whatever kept it from being read
   */
  read(from: number): Promise<FeedPage>;
  close(): Promise<void>;
}

/** What a poll has proven. */
export interface PollOutcome {
  /** When its question was sent. */
  readonly begun: Moment;
  /** All that had been committed by then has been read. */
  readonly isCurrent: boolean;
}

export interface FeedListener {
  /** What a page brought; the same entry may come again. */
  onPage(page: FeedPage, outcome: PollOutcome): void;
  /** The feed cannot be read; told once until it can be read again. */
  onFailure(error: unknown): void;
  onRecovery(): void;
}

/** Milliseconds between two polls; with a jitter that keeps instances apart. */
const INTERVAL = 250;
const JITTER = 100;

/** Milliseconds between two polls at least: whoever can send hints cannot make a load of them. */
const PACE = 20;

/** Milliseconds after a failure at most. */
const LONGEST_PAUSE = 1_000;

/**
 * Follows the feed by polling, one poll at a time, whatever fails. A hint makes the next poll come at once, and does
 * nothing else: what is true stands in the feed (DESIGN section 5).
 */
export class FeedFollower {
  #position: FeedPosition = BEGINNING;
  #lag = 0;
  #failures = 0;
  #hinted = false;
  #stopped = false;
  #wake: () => void = () => undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(
    private readonly source: FeedSource,
    private readonly freshness: Freshness,
    private readonly listener: FeedListener,
  ) {}

  /** Entries that had been committed and not been read when the feed was read last. */
  get lag(): number {
    return this.#lag;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Something may have been revoked somewhere. */
  hint(): void {
    this.#hinted = true;
    if (this.#failures === 0) this.#wake();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#running;
    await this.source.close();
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      this.#hinted = false;
      await (await this.#poll())();
    }
  }

  /** @returns what to wait for before the next one */
  async #poll(): Promise<() => Promise<unknown>> {
    const begun = this.freshness.begin();
    try {
      const page = await this.source.read(this.#position.last?.sequence ?? 0);
      const { position, isCurrent } = follow(this.#position, page);
      this.listener.onPage(page, { begun, isCurrent });
      this.#position = position;
      this.#lag = isCurrent ? 0 : page.head - (position.last?.sequence ?? 0);
      if (isCurrent) this.freshness.prove(begun);
      this.#succeed();
      return isCurrent ? () => this.#rest() : () => nextTurn();
    } catch (error) {
      this.#fail(error);
      return () => this.#pause(Math.min(INTERVAL * 2 ** (this.#failures - 1), LONGEST_PAUSE));
    }
  }

  async #rest(): Promise<void> {
    await sleep(PACE);
    if (!this.#hinted) await this.#pause(INTERVAL - PACE + Math.random() * JITTER);
  }

  /** Until the time is over or somebody wakes it. */
  #pause(milliseconds: number): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #succeed(): void {
    if (this.#failures > 0) this.listener.onRecovery();
    this.#failures = 0;
  }

  #fail(error: unknown): void {
    if (this.#failures === 0 && !this.#stopped) this.listener.onFailure(error);
    this.#failures += 1;
  }
}
