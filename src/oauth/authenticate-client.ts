import DataLoader from 'dataloader';
import { BatchSchedule } from '../guard/batch-schedule.ts';
import { inTime } from '../in-time.ts';
import type { Clock } from '../tokens/clock.ts';
import { isUuid } from '../tokens/uuid.ts';
import type { Client, ClientStore } from './client.ts';
import { isSecretOf } from './client-secret.ts';

const MAX_BATCH = 256;

/** Milliseconds that a request waits for its client to be looked up; as long as for its caller (see `StateLoader`). */
const PATIENCE = 800;

/** Milliseconds: how exactly it is known when a client was used last. */
const COARSE = 3_600_000;

export interface ClientCredential {
  readonly id: string;
  readonly secret: string;
}

export interface ClientAuthenticator {
  /**
   * The client that a credential is good for; undefined for an unknown client, a wrong secret and a revoked client alike.
   *
   * @throws Refusal UNAVAILABLE
   */
  authenticate(credential: ClientCredential): Promise<Client | undefined>;
}

/**
 * Looks a client up in the database at every request, so that a revoked one is refused at once by every instance. The
 * requests of a moment share a query, as they do for the state of sessions; nothing is kept.
 */
export function clientAuthenticator(
  store: ClientStore,
  clock: Clock,
  onError: (error: unknown) => void,
): ClientAuthenticator {
  const loader = clientLoader(store);
  const use = new CoarseUse(store, onError);
  return {
    async authenticate({ id, secret }) {
      if (!isUuid(id)) return undefined;
      const client = await loader.load(id);
      if (client === undefined || !isSecretOf(client, secret) || client.revokedAt !== null) return undefined;
      use.note(client, clock.now());
      return client;
    },
  };
}

function clientLoader(store: ClientStore): DataLoader<string, Client | undefined> {
  const batches = new BatchSchedule();
  const loadAll = async (ids: readonly string[]) => {
    const found = await batches.run(() => store.find([...new Set(ids)]));
    const byId = new Map(found.map((client) => [client.id, client]));
    return ids.map((id) => byId.get(id));
  };
  return new DataLoader((ids) => inTime(loadAll(ids), PATIENCE), {
    cache: false,
    maxBatchSize: MAX_BATCH,
    batchScheduleFn: (dispatch) => batches.schedule(dispatch),
  });
}

/** Keeps when a client was used last, to the hour: a write at every request would cost more than the request. */
class CoarseUse {
  readonly #underWay = new Set<string>();

  constructor(
    private readonly store: ClientStore,
    private readonly onError: (error: unknown) => void,
  ) {}

  note({ id, lastUsedAt }: Client, now: number): void {
    if (this.#underWay.has(id) || now - (lastUsedAt ?? 0) < COARSE) return;
    this.#underWay.add(id);
    // No request waits for it, and none fails for it.
    void this.store
      .transact((tx) => tx.updateClient(id, { lastUsedAt: tx.now }))
      .catch(this.onError)
      .finally(() => this.#underWay.delete(id));
  }
}
