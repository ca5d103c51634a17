import { Counter, Gauge, type Registry } from 'prom-client';
import type { ReadinessCheck } from '../http/router.ts';
import type { FeedStanding } from '../revocation/followed-revocations.ts';
import type { SocketUse } from '../sockets/socket-server.ts';
import type { TokenCacheUse } from '../tokens/verified-tokens.ts';

/** What an instance can say of itself at any moment; asked for when somebody looks. */
export interface InstanceFacts {
  readonly connections: () => number;
  readonly sockets: () => SocketUse;
  readonly hashing: { readonly queued: number; readonly active: number };
  readonly transactions: { readonly waiting: number };
  readonly tokenCache: () => TokenCacheUse;
  /** Undefined: there is no pool (SQLite). */
  readonly pool: () => { readonly open: number; readonly idle: number; readonly waiting: number } | undefined;
  /** Undefined: no feed is followed (FRESHNESS=strict). */
  readonly feed: () => FeedStanding | undefined;
  /** Services that follow the feed of revocations. */
  readonly subscribers: () => number;
  readonly readiness: () => Promise<readonly ReadinessCheck[]>;
}

export function showInstance(registry: Registry, facts: InstanceFacts): void {
  const { hashing, transactions } = facts;
  gauge(registry, 'portcullis_http_connections', 'Open connections.', facts.connections);
  showSockets(registry, facts.sockets);
  const subscribers = 'Services that follow the feed of revocations by this instance.';
  gauge(registry, 'portcullis_revocation_subscribers', subscribers, facts.subscribers);
  gauge(registry, 'portcullis_hashing_queued', 'Password hashes that wait for a core.', () => hashing.queued);
  gauge(registry, 'portcullis_hashing_active', 'Password hashes in work.', () => hashing.active);
  gauge(
    registry,
    'portcullis_transactions_waiting',
    'Transactions that wait in the process for others that want the same rows.',
    () => transactions.waiting,
  );
  showTokenCache(registry, facts.tokenCache);
  if (facts.pool() !== undefined) showPool(registry, facts.pool);
  if (facts.feed() !== undefined) showFeed(registry, facts.feed);
  showReadiness(registry, facts.readiness);
}

function showSockets(registry: Registry, use: InstanceFacts['sockets']): void {
  gauge(registry, 'portcullis_sockets', 'Open sockets.', () => use().sockets);
  const subscriptions = 'Subscriptions under way on them.';
  gauge(registry, 'portcullis_subscriptions', subscriptions, () => use().subscriptions);
}

function showTokenCache(registry: Registry, use: InstanceFacts['tokenCache']): void {
  const entries = 'Access tokens that are known to be genuine.';
  gauge(registry, 'portcullis_token_cache_entries', entries, () => use().entries);
  new Counter({
    name: 'portcullis_token_cache_lookups_total',
    help: 'Access tokens that were looked for in the cache, by whether they were found.',
    labelNames: ['result'],
    registers: [registry],
    collect() {
      const { hits, misses } = use();
      this.reset();
      this.inc({ result: 'hit' }, hits);
      this.inc({ result: 'miss' }, misses);
    },
  });
}

function showPool(registry: Registry, use: InstanceFacts['pool']): void {
  const open = 'Connections to the database.';
  gauge(registry, 'portcullis_pool_connections', open, () => use()?.open ?? 0);
  const idle = 'Connections to the database that nobody uses.';
  gauge(registry, 'portcullis_pool_idle_connections', idle, () => use()?.idle ?? 0);
  const waiting = 'Requests that wait for a connection to the database.';
  gauge(registry, 'portcullis_pool_waiting', waiting, () => use()?.waiting ?? 0);
}

function showFeed(registry: Registry, standing: InstanceFacts['feed']): void {
  const age = 'How old the knowledge of what was revoked is; +Inf before the feed was read.';
  const seconds = () => (standing()?.age ?? Number.POSITIVE_INFINITY) / 1000;
  gauge(registry, 'portcullis_feed_age_seconds', age, seconds);
  const lag = 'Revocations that were still to be read when the feed was read last.';
  gauge(registry, 'portcullis_feed_lag_entries', lag, () => standing()?.lag ?? 0);
  const entries = 'Revocations that this instance remembers.';
  gauge(registry, 'portcullis_denylist_entries', entries, () => standing()?.entries ?? 0);
}

function showReadiness(registry: Registry, readiness: InstanceFacts['readiness']): void {
  new Gauge({
    name: 'portcullis_ready',
    help: 'The checks of /readyz: 1 or 0.',
    labelNames: ['check'],
    registers: [registry],
    async collect() {
      const checks = await readiness();
      this.reset();
      for (const { name, ok } of checks) this.set({ check: name }, ok ? 1 : 0);
    },
  });
}

function gauge(registry: Registry, name: string, help: string, value: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(value());
    },
  });
}
