import type { ClientStore } from './client.ts';

/** Milliseconds between two looks. */
const INTERVAL = 1_000;

/** Milliseconds for which nobody is cut off although it cannot be told whose credential is good. */
const PATIENCE = 5_000;

/** Cuts off those whose credential was revoked after they had been let in. One query a second for all of them. */
export class ClientWatch {
  readonly #watched = new Map<string, Set<() => void>>();
  #timer: NodeJS.Timeout | undefined;
  #confirmedAt = 0;
  #isLooking = false;

  constructor(private readonly clients: Pick<ClientStore, 'find'>) {}

  /**
   * @param cut called when the credential is not good any more
   * @returns to be called when there is nothing left to be cut off
   */
  add(clientId: string, cut: () => void): () => void {
    if (this.#timer === undefined) this.#begin();
    const cuts = this.#watched.get(clientId) ?? new Set();
    this.#watched.set(clientId, cuts.add(cut));
    return () => {
      cuts.delete(cut);
      if (cuts.size === 0) this.#watched.delete(clientId);
      if (this.#watched.size === 0) this.stop();
    };
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #begin(): void {
    this.#confirmedAt = performance.now();
    this.#timer = setInterval(() => void this.#look(), INTERVAL).unref();
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return this.#cutUnconfirmed();
    this.#isLooking = true;
    try {
      const ids = [...this.#watched.keys()];
      const found = await this.clients.find(ids);
      const good = new Set(found.flatMap(({ id, revokedAt }) => (revokedAt === null ? id : [])));
      this.#confirmedAt = performance.now();
      for (const id of ids) if (!good.has(id)) this.#cut(id);
    } catch {
      this.#cutUnconfirmed();
    } finally {
      this.#isLooking = false;
    }
  }

  #cutUnconfirmed(): void {
    if (performance.now() - this.#confirmedAt < PATIENCE) return;
    for (const id of [...this.#watched.keys()]) this.#cut(id);
  }

  #cut(clientId: string): void {
    for (const cut of [...(this.#watched.get(clientId) ?? [])]) cut();
  }
}
