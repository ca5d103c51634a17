import type { GraphQLSchema } from 'graphql';
import { createFirstAdmin, type FirstAdmin } from './accounts/first-admin.ts';
import { ActivityCounts } from './activity/count-activity.ts';
import { startSaving } from './activity/save-activity.ts';
import { type Core, openCore } from './core.ts';
import type { GraphQLServices } from './graphql/context.ts';
import { createSchema } from './graphql/schema.ts';
import { GraphQLServer } from './graphql/server.ts';
import { readConsole } from './http/console-files.ts';
import type { ReadinessCheck, RouterDependencies } from './http/router.ts';
import { prepareKeys } from './keys/prepare-keys.ts';
import { SigningKeys } from './keys/signing-keys.ts';
import {
  bind,
  createListeners,
  drain,
  type Listeners,
  type Ports,
  type ServedAt,
  serveRequests,
  urlsOf,
} from './listeners.ts';
import type { Logger } from './log.ts';
import { Metrics } from './metrics/metrics.ts';
import type { InstanceFacts } from './metrics/show-instance.ts';
import { followRevocations, graphqlServices, type InstanceState } from './services.ts';
import { type Addresses, resolveAddresses } from './settings/resolve.ts';
import { resolveSecrets } from './settings/resolve-secrets.ts';
import type { Settings } from './settings/settings.ts';
import { SocketServer } from './sockets/socket-server.ts';
import { checkReadiness } from './storage/check-readiness.ts';
import { DatabaseClock } from './storage/database-clock.ts';
import { type Retention, startPurging } from './storage/purge.ts';

/** Milliseconds for requests under way when the server is told to stop. */
const DRAIN = 10_000;

const NO_ISSUER =
  'ISSUER is not set: each instance on this database would name itself as issuer and refuse the tokens of the others';

export interface RunningServer extends ServedAt {
  readonly issuer: string;
  /** Set when this start created the first admin. */
  readonly firstAdmin: FirstAdmin | undefined;
  /** Answers what is under way, then closes everything. */
  stop(): Promise<void>;
}

/**
 * Migrates, makes what a first start makes, and serves.
 *
 * @param consoleFolder of the built console
 * @throws Refusal UNAVAILABLE; SchemaError; Error that says what is wrong with console, secret, key, address or port
 */
export async function startServer(
  configured: Settings,
  consoleFolder: string,
  log: Logger,
): Promise<RunningServer> {
  // Made before anything is stored, for the reason given below of the ports.
  const served = { schema: createSchema(), console: readConsole(consoleFolder) };
  const settings = resolveSecrets(configured);
  if (settings.database.kind === 'mysql' && settings.issuer === undefined) log.warn(NO_ISSUER);
  const core = await openCore(settings, log);
  const listeners = createListeners(settings, log);
  const metrics = new Metrics();
  try {
    // Bound before anything is made, or a start that fails for a port would have made the first admin and lost the
    // password; until the routers stand, requests get 503.
    const ports = await bind(listeners, settings);
    const { keys, firstAdmin } = await core.database.atStart(() => prepareDatabase(core, settings));
    core.database.boundRequests();
    const started = { core, settings, keys, metrics, ...served, log };
    return { ...(await serve(started, listeners, ports)), firstAdmin };
  } catch (error) {
    metrics.stop();
    await drain(listeners, 0);
    await core.close();
    throw error;
  }
}

async function prepareDatabase(core: Core, settings: Settings) {
  await core.database.migrate();
  await core.transactions.run([], (tx) => prepareKeys(tx, settings.secrets));
  const keys = await SigningKeys.open(core.signingKeys, settings.secrets);
  const { bootstrapAdmin, mode } = settings;
  const firstAdmin =
    bootstrapAdmin &&
    (await createFirstAdmin(
      core.accounts,
      { ...bootstrapAdmin, mustBeStrong: mode === 'production' },
      (work) => core.transactions.run([], work),
    ));
  return { keys, firstAdmin };
}

/** What a server is made of, once its database is prepared. */
interface Started {
  readonly core: Core;
  readonly settings: Settings;
  readonly keys: SigningKeys;
  readonly metrics: Metrics;
  readonly schema: GraphQLSchema;
  readonly console: RouterDependencies['console'];
  readonly log: Logger;
}

async function serve(
  { core, settings, keys, metrics, schema, console, log }: Started,
  listeners: Listeners,
  ports: Ports,
): Promise<Omit<RunningServer, 'firstAdmin'>> {
  const addresses = resolveAddresses(settings, ports.main);
  const clock = await DatabaseClock.start(core.database);
  const { revocations, sessionNews, onNews } = followRevocations(core, settings, addresses, keys, log);
  const activity = new ActivityCounts();
  const state = { keys, clock, revocations, metrics, activity, sessionNews };
  const services = graphqlServices(core, settings, addresses, state);
  const { introspection } = settings;
  const { onField } = metrics;
  const graphql = await GraphQLServer.start({ schema, services, introspection, log, onField });
  const sockets = new SocketServer({
    policy: { ...settings, ...addresses },
    endpoint: graphql,
    guard: services.guard,
    keys,
    log,
    onClosed: metrics.onSocketClosed,
  });
  // The sockets of an ended session are closed before anybody is told that it has ended.
  onNews.add((news) => sockets.revoke(news)).add(sessionNews.onRevoked);
  const dependencies = { ...routerDependencies(core, settings, addresses, state, graphql), console };
  core.auditListeners.add(metrics.onEvent).add(activity.onEvent).add(sessionNews.onEvent);
  metrics.show(instanceFacts(core, listeners, services, revocations, dependencies, sockets));
  await revocations.start();
  serveRequests(listeners, dependencies, sockets, settings, metrics);
  const stopPurging = startPurging(core.database, core.transactions, retentionOf(settings), (error) =>
    log.warn({ err: error }, 'a purge failed'),
  );
  const stopSaving = startSaving(activity, core.activity, (error) =>
    log.warn({ err: error }, 'activity cannot be saved; it will be tried again'),
  );
  const stop = async () => {
    stopPurging();
    await drain(listeners, DRAIN);
    metrics.stop();
    await graphql.stop();
    await revocations.stop();
    await sessionNews.stop();
    await stopSaving();
    clock.stop();
    await core.close();
  };
  return { ...urlsOf(settings, ports), issuer: addresses.issuer, stop };
}

function instanceFacts(
  core: Core,
  listeners: Listeners,
  { guard }: GraphQLServices,
  { followed }: InstanceState['revocations'],
  { readiness }: Pick<RouterDependencies, 'readiness'>,
  sockets: SocketServer,
): InstanceFacts {
  return {
    connections: () => listeners.main.connections,
    sockets: () => sockets.use,
    hashing: core.accounts.passwords,
    transactions: core.transactions,
    tokenCache: () => guard.accessTokens.cacheUse,
    pool: () => core.database.pool,
    feed: () => followed?.standing,
    readiness,
  };
}

function routerDependencies(
  core: Core,
  settings: Settings,
  addresses: Addresses,
  { keys, clock, revocations }: InstanceState,
  graphql: GraphQLServer,
): Omit<RouterDependencies, 'localMetrics' | 'console'> {
  return {
    ...settings,
    ...addresses,
    graphiql: settings.introspection,
    graphql,
    jwks: () => keys.jwks(clock.now()),
    readiness: async () => [...(await checkReadiness(core.database, keys, clock)), ...checkFeed(revocations)],
  };
}

function checkFeed({ followed }: InstanceState['revocations']): ReadinessCheck[] {
  if (followed === undefined) return [];
  const detail = 'not read for too long; the database is asked instead';
  return [followed.isFresh ? { name: 'feed', ok: true } : { name: 'feed', ok: false, detail }];
}

function retentionOf({ sessionRetention, auditRetention }: Settings): Retention {
  return { sessions: sessionRetention, auditEvents: auditRetention };
}
