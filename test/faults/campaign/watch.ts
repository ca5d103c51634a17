import { setTimeout as sleep } from 'node:timers/promises';
import { probe, type Scene } from './clients.ts';
import { BOUND } from './cluster.ts';
import type { Issued, Revocation } from './history.ts';
import type { Random } from './random.ts';

/** When another instance accepted for the last time, from the acknowledgement on; 0: never after it. */
export interface Propagation {
  /** Nothing was wrong with the servers. */
  readonly calm: boolean;
  readonly milliseconds: number;
}

/** Tries the tokens of ended sessions: at every instance until it denies them, and again and again afterwards. */
export class Watch {
  readonly propagations: Propagation[] = [];
  readonly #ended: Issued[] = [];
  readonly #watching = new Set<Promise<unknown>>();

  constructor(
    private readonly scene: Scene,
    private readonly random: Random,
  ) {}

  /** Tokens that an acknowledged revocation has made untrue. */
  ended(tokens: readonly Issued[], by: Revocation): void {
    this.#ended.push(...tokens);
    for (const token of tokens)
      for (const instance of this.scene.cluster.instances.keys()) this.#follow(token, by, instance);
  }

  #follow(token: Issued, by: Revocation, instance: number): void {
    const watching = this.#untilDenied(token, by, instance);
    this.#watching.add(watching);
    void watching.finally(() => this.#watching.delete(watching));
  }

  async #untilDenied(token: Issued, by: Revocation, instance: number): Promise<void> {
    let accepted = 0;
    for (let after = 0; after < 2 * BOUND; ) {
      const { outcome, sentAt } = await probe(this.scene, instance, token);
      after = sentAt - by.answeredAt;
      if (outcome === 'ACCEPTED') accepted = after;
      if (outcome === 'SESSION_ENDED' || outcome === 'STALE') break;
      await sleep(outcome === 'ACCEPTED' ? 3 : 50);
    }
    if (instance !== by.instance) this.propagations.push({ calm: by.calm, milliseconds: accepted });
  }

  /** One that comes back to haunt an instance, whatever is the matter with it. */
  async haunt(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await sleep(this.random.between(5, 25));
      if (this.#ended.length > 0) await probe(this.scene, this.#anywhere(), this.#recent());
    }
  }

  #anywhere(): number {
    return Math.floor(this.random.next() * this.scene.cluster.instances.length);
  }

  #recent(): Issued {
    return this.random.pick(this.#ended.slice(-40));
  }

  async settled(): Promise<void> {
    while (this.#watching.size > 0) await Promise.all(this.#watching);
  }

  /** Every one of the newest, once at every instance. */
  async takeStock(): Promise<void> {
    for (const token of this.#ended.slice(-20))
      for (const instance of this.scene.cluster.instances.keys()) await probe(this.scene, instance, token);
  }
}
