import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, send } from '../../support/client.ts';
import type { Entry, Outcome, Race, Sequel, Theft } from './history.ts';

/** Milliseconds after which an honest client gives up and asks another instance. */
export const PATIENCE = 1_500;

export interface Message {
  readonly url: string;
  readonly query: string;
  readonly variables?: object;
  readonly headers?: Record<string, string>;
  /** What an answer says, where it says more than one thing. */
  readonly judge?: (answer: Answer) => Outcome;
}

/** Sends what clients ask, and writes down when it was sent, when it was answered, and what came. */
export class Recorder {
  readonly entries: Entry[] = [];
  readonly races: Race[] = [];
  readonly thefts: Theft[] = [];
  readonly sequels: Sequel[] = [];
  readonly #underWay = new Set<Promise<void>>();
  #episode = 'the beginning';
  #calm = true;

  /**
   * What is asked meanwhile belongs to this episode.
   *
   * @param calm whether nothing is wrong with the servers
   */
  async during(episode: string, calm: boolean, work: () => Promise<unknown>): Promise<void> {
    this.#episode = episode;
    this.#calm = calm;
    await work();
    await this.settled();
    this.#calm = true;
  }

  /** Until nothing is under way, however long ago its client gave up. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /**
   * @param read of an answer that was accepted, even one whose client has given up
   * @param patience milliseconds
   * @returns the entry, which is `PENDING` where the client gave up; a late answer still becomes its outcome
   */
  async ask<E extends Entry>(
    entry: E,
    { url, query, variables, headers, judge = outcomeOf }: Message,
    read: (answer: Answer, entry: E) => void = () => undefined,
    patience = PATIENCE,
  ): Promise<E> {
    this.entries.push(entry);
    const answered = send(url, query, variables, headers).then(
      (answer) => {
        entry.answeredAt = performance.now();
        entry.outcome = judge(answer);
        if (entry.outcome === 'ACCEPTED') read(answer, entry);
        else entry.detail = JSON.stringify(answer.refusal);
      },
      (error: unknown) => {
        entry.answeredAt = performance.now();
        entry.outcome = error instanceof SyntaxError ? 'UNREADABLE' : 'LOST';
      },
    );
    this.#underWay.add(answered);
    void answered.finally(() => this.#underWay.delete(answered));
    await Promise.race([answered, sleep(patience, undefined, { ref: false })]);
    return { ...entry };
  }

  /** What every entry begins with. */
  begin(instance: number) {
    const [episode, calm] = [this.#episode, this.#calm];
    const answeredAt = Number.POSITIVE_INFINITY;
    return { episode, calm, instance, sentAt: performance.now(), answeredAt, outcome: 'PENDING' };
  }
}

export function outcomeOf({ errors, refusal }: Answer): Outcome {
  if (errors === undefined) return 'ACCEPTED';
  const { code, reason } = refusal ?? {};
  return String(code === 'UNAUTHENTICATED' ? reason : code);
}
