import type { AuditEvent } from '../audit/event.ts';

/** A service of the operator's own, such as a resource server, with a credential by which it asks about tokens. */
export interface Client {
  /** UUIDv7: the `client_id` */
  readonly id: string;
  /** For people; several may have the same. */
  readonly name: string;
  /** See `hashSecret`. */
  readonly secretHash: Uint8Array;
  /** Milliseconds of the database's clock, as all times here. */
  readonly createdAt: number;
  /** To the hour; null: never. */
  readonly lastUsedAt: number | null;
  /** Null: its credential is good. */
  readonly revokedAt: number | null;
}

/** The part of a transaction in which a client is created, or its credential revoked. */
export interface ClientTransaction {
  readonly now: number;
  insertClient(client: Client): Promise<void>;
  /** Reads and locks one. */
  client(id: string): Promise<Client | undefined>;
  updateClient(id: string, changes: Partial<Pick<Client, 'lastUsedAt' | 'revokedAt'>>): Promise<void>;
  record(events: readonly AuditEvent[]): Promise<void>;
}

export interface ClientStore {
  /**
   * One query for all.
   *
   * @param ids distinct
   * @throws Refusal UNAVAILABLE
   */
  find(ids: readonly string[]): Promise<readonly Client[]>;
  /** Oldest first, those that are revoked among them. */
  list(): Promise<readonly Client[]>;
  /** @throws Refusal UNAVAILABLE */
  transact<T>(work: (tx: ClientTransaction) => Promise<T>): Promise<T>;
}

/** A client as the security log names it. */
export function clientWords({ id, name }: Pick<Client, 'id' | 'name'>): string {
  return `${id} (${name})`;
}
