import { setTimeout as sleep } from 'node:timers/promises';
import type { GraphQLSchema } from 'graphql';
import { createFirstAdmin, type FirstAdmin } from './accounts/first-admin.ts';
import { PasswordHasher } from './accounts/password-hasher.ts';
import type { AccountServices } from './accounts/services.ts';
import type { AuditEvent } from './audit/event.ts';
import type { GraphQLServices } from './graphql/context.ts';
import { createSchema } from './graphql/schema.ts';
import { GraphQLServer } from './graphql/server.ts';
import { createStateLoader } from './guard/state-loader.ts';
import { HttpListener } from './http/listener.ts';
import { createRouter, type ReadinessCheck, type RouterDependencies } from './http/router.ts';
import { KeyRing } from './keys/key-ring.ts';
import { prepareKeys } from './keys/prepare-keys.ts';
import type { LifecycleServices } from './lifecycle/keep-an-admin.ts';
import type { Logger } from './log.ts';
import type { SessionLimit } from './sessions/services.ts';
import { type Addresses, resolveAddresses } from './settings/resolve.ts';
import { resolveSecrets } from './settings/resolve-secrets.ts';
import type { Settings } from './settings/settings.ts';
import { StoredAuditLog } from './storage/audit-log.ts';
import { Database } from './storage/database.ts';
import { DatabaseClock } from './storage/database-clock.ts';
import { type Retention, startPurging } from './storage/purge.ts';
import { StoredSessionDirectory } from './storage/session-directory.ts';
import { StoredSessions } from './storage/session-store.ts';
import { StateQuery } from './storage/state-query.ts';
import { Transactions } from './storage/transactions.ts';
import { StoredUsers } from './storage/user-store.ts';
import { AccessTokenIssuer } from './tokens/access-token.ts';
import { RefreshTokenMac } from './tokens/refresh-token.ts';
import { AccessTokenVerifier } from './tokens/verify-access-token.ts';

/** Milliseconds after which a database that does not answer is not ready. */
const READINESS_LIMIT = 1_000;

/** Milliseconds for requests under way when the server is told to stop. */
const DRAIN = 10_000;

const NO_ISSUER =
  'ISSUER is not set: each instance on this database would name itself as issuer and refuse the tokens of the others';

const LOOPBACK_OF_WILDCARD = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
]);

/** What the server and the command line share: the database and the accounts in it. */
export interface Core {
  readonly database: Database;
  readonly transactions: Transactions;
  readonly sessions: StoredSessions;
  readonly users: StoredUsers;
  readonly accounts: AccountServices;
  readonly lifecycle: LifecycleServices;
  readonly auditLog: StoredAuditLog;
  close(): Promise<void>;
}

export interface RunningServer {
  /** Where it answers, e.g. `http://127.0.0.1:4000`. */
  readonly url: string;
  readonly issuer: string;
  /** Set when this start created the first admin. */
  readonly firstAdmin: FirstAdmin | undefined;
  /** Answers what is under way, then closes everything. */
  stop(): Promise<void>;
}

/** @throws Refusal UNAVAILABLE when the database cannot be reached */
export async function openCore(settings: Settings, log: Logger): Promise<Core> {
  const database = await Database.open(settings.database);
  const transactions = new Transactions(database, (event) => logAuditEvent(log, event));
  const users = new StoredUsers(database);
  const sessions = new StoredSessions(database, transactions);
  return {
    database,
    transactions,
    sessions,
    users,
    accounts: { users, passwords: new PasswordHasher(), policy: settings },
    lifecycle: { store: sessions, admins: users },
    auditLog: new StoredAuditLog(database),
    close: () => database.close(),
  };
}

/**
 * Migrates, makes what a first start makes, and serves.
 *
 * @throws Refusal UNAVAILABLE; SchemaError; Error that says what is wrong with secret, key, address or port
 */
export async function startServer(configured: Settings, log: Logger): Promise<RunningServer> {
  // Built before anything is made, for the reason given below of the port.
  const schema = createSchema();
  const settings = resolveSecrets(configured);
  if (settings.database.kind === 'mysql' && settings.issuer === undefined) log.warn(NO_ISSUER);
  const core = await openCore(settings, log);
  const listener = new HttpListener(log, settings.issuer?.startsWith('https:') ?? false);
  try {
    // Bound before anything is made, or a start that fails for its port would have made the first admin and lost the
    // password; until the router stands, requests get 503.
    const port = await listener.listen(settings.host, settings.port);
    const { keys, firstAdmin } = await core.database.atStart(() => prepareDatabase(core, settings));
    return { ...(await serve(core, settings, keys, { listener, port, schema }, log)), firstAdmin };
  } catch (error) {
    await listener.drain(0);
    await core.close();
    throw error;
  }
}

async function prepareDatabase(core: Core, settings: Settings) {
  await core.database.migrate();
  const records = await core.transactions.run([], (tx) => prepareKeys(tx, settings.secrets));
  const keys = await KeyRing.open(records, settings.secrets);
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

async function serve(
  core: Core,
  settings: Settings,
  keys: KeyRing,
  { listener, port, schema }: { listener: HttpListener; port: number; schema: GraphQLSchema },
  log: Logger,
): Promise<Omit<RunningServer, 'firstAdmin'>> {
  const addresses = resolveAddresses(settings, port);
  const clock = await DatabaseClock.start(core.database);
  const services = graphqlServices(core, settings, addresses, keys, clock);
  const { introspection } = settings;
  const graphql = await GraphQLServer.start({ schema, services, introspection, log });
  listener.serve(createRouter(routerDependencies(core, settings, addresses, keys, graphql)));
  const stopPurging = startPurging(core.database, core.transactions, retentionOf(settings), (error) =>
    log.warn({ err: error }, 'a purge failed'),
  );
  const stop = async () => {
    stopPurging();
    await listener.drain(DRAIN);
    await graphql.stop();
    clock.stop();
    await core.close();
  };
  return { url: urlOf(settings.host, port), issuer: addresses.issuer, stop };
}

function routerDependencies(
  core: Core,
  settings: Settings,
  addresses: Addresses,
  keys: KeyRing,
  graphql: GraphQLServer,
): RouterDependencies {
  return {
    ...settings,
    ...addresses,
    graphiql: settings.introspection,
    graphql,
    jwks: () => keys.jwks(),
    readiness: () => readiness(core.database),
  };
}

/** What the resolvers and the guard work with. */
export function graphqlServices(
  core: Core,
  settings: Settings,
  { issuer, audience }: Addresses,
  keys: KeyRing,
  clock: DatabaseClock,
): GraphQLServices {
  const { sessionIdleTtl, sessionLifetime, refreshGrace } = settings;
  const sessions = {
    accounts: core.accounts,
    store: core.sessions,
    accessTokens: new AccessTokenIssuer({ keys, issuer, audience, ttl: settings.accessTokenTtl }),
    refreshTokens: new RefreshTokenMac(settings.secrets),
    policy: {
      idleTtl: sessionIdleTtl,
      lifetime: sessionLifetime,
      refreshGrace,
      limit: sessionLimit(settings),
    },
    clock,
  };
  const guard = {
    accessTokens: new AccessTokenVerifier({ keys, issuer, audience, clock }),
    states: createStateLoader(new StateQuery(core.database)),
    clock,
  };
  return {
    sessions,
    guard,
    lifecycle: core.lifecycle,
    users: core.users,
    directory: new StoredSessionDirectory(core.database),
    auditLog: core.auditLog,
  };
}

function retentionOf({ sessionRetention, auditRetention }: Settings): Retention {
  return { sessions: sessionRetention, auditEvents: auditRetention };
}

function sessionLimit({ maxSessionsPerUser, sessionLimitPolicy }: Settings): SessionLimit | undefined {
  return maxSessionsPerUser === undefined
    ? undefined
    : { perUser: maxSessionsPerUser, policy: sessionLimitPolicy };
}

async function readiness(database: Database): Promise<ReadinessCheck[]> {
  try {
    const late = sleep(READINESS_LIMIT, undefined, { ref: false });
    const pending = await Promise.race([database.pendingMigrations(), late]);
    if (pending === undefined) return [{ name: 'database', ok: false, detail: 'does not answer' }];
    return [
      { name: 'database', ok: true },
      { name: 'migrations', ok: !pending },
    ];
  } catch {
    return [{ name: 'database', ok: false, detail: 'not reachable' }];
  }
}

/** The security log as it happens, beside its rows in the database (ASVS V16.2). */
function logAuditEvent(log: Logger, event: AuditEvent): void {
  log.info({ audit: { ...event, at: new Date(event.at).toISOString() } }, event.type);
}

/** A URL that works on this machine: nothing can be sent to the addresses that mean every interface. */
function urlOf(listening: string, port: number): string {
  const host = LOOPBACK_OF_WILDCARD.get(listening) ?? listening;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
