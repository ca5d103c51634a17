import type { GraphQLSchema } from 'graphql';
import { BucketNames } from './accounts/bucket-names.ts';
import { createFirstAdmin, type FirstAdmin } from './accounts/first-admin.ts';
import { LoginThrottle } from './accounts/login-throttle.ts';
import { PasswordHasher } from './accounts/password-hasher.ts';
import { AttemptPlanner } from './accounts/plan-attempt.ts';
import type { AccountServices } from './accounts/services.ts';
import type { AuditEvent } from './audit/event.ts';
import type { GraphQLServices } from './graphql/context.ts';
import { createSchema } from './graphql/schema.ts';
import { GraphQLServer } from './graphql/server.ts';
import { createStateLoader } from './guard/state-loader.ts';
import { HttpListener } from './http/listener.ts';
import { createRouter, type ReadinessCheck, type RouterDependencies } from './http/router.ts';
import { prepareKeys } from './keys/prepare-keys.ts';
import { SigningKeys } from './keys/signing-keys.ts';
import type { LifecycleServices } from './lifecycle/keep-an-admin.ts';
import type { Logger } from './log.ts';
import { InstanceRevocations } from './revocation/instance-revocations.ts';
import type { RevocationListener } from './revocation/revocation.ts';
import type { SessionLimit } from './sessions/services.ts';
import { listeningUrl } from './settings/listening-url.ts';
import { type Addresses, resolveAddresses } from './settings/resolve.ts';
import { resolveSecrets } from './settings/resolve-secrets.ts';
import type { Settings } from './settings/settings.ts';
import { StoredAuditLog } from './storage/audit-log.ts';
import { checkReadiness } from './storage/check-readiness.ts';
import { Database } from './storage/database.ts';
import { DatabaseClock } from './storage/database-clock.ts';
import { StoredSigningKeys } from './storage/key-store.ts';
import { StoredLoginBuckets } from './storage/login-buckets.ts';
import { type Retention, startPurging } from './storage/purge.ts';
import { openFeed } from './storage/revocation-feed.ts';
import { StoredSessionDirectory } from './storage/session-directory.ts';
import { StoredSessions } from './storage/session-store.ts';
import { StateQuery } from './storage/state-query.ts';
import { Transactions } from './storage/transactions.ts';
import { StoredUsers } from './storage/user-store.ts';
import { AccessTokenIssuer } from './tokens/access-token.ts';
import { RefreshTokenMac } from './tokens/refresh-token.ts';
import { AccessTokenVerifier } from './tokens/verify-access-token.ts';

/** Milliseconds for requests under way when the server is told to stop. */
const DRAIN = 10_000;

const NO_ISSUER =
  'ISSUER is not set: each instance on this database would name itself as issuer and refuse the tokens of the others';

/** What the server and the command line share: the database and the accounts in it. */
export interface Core {
  readonly database: Database;
  readonly transactions: Transactions;
  /** They are told what this process has revoked, before whoever asked for it hears that it is done. */
  readonly revocationListeners: Set<RevocationListener>;
  readonly sessions: StoredSessions;
  readonly users: StoredUsers;
  readonly signingKeys: StoredSigningKeys;
  readonly accounts: AccountServices;
  readonly loginBuckets: StoredLoginBuckets;
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
  const revocationListeners = new Set<RevocationListener>();
  const transactions = new Transactions(
    database,
    (event) => logAuditEvent(log, event),
    (entries) => {
      for (const listener of revocationListeners) listener(entries);
    },
  );
  const users = new StoredUsers(database);
  const sessions = new StoredSessions(database, transactions);
  return {
    database,
    transactions,
    revocationListeners,
    sessions,
    users,
    signingKeys: new StoredSigningKeys(database, transactions),
    accounts: { users, passwords: new PasswordHasher(), policy: settings },
    loginBuckets: new StoredLoginBuckets(database, transactions),
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
    core.database.boundRequests();
    return { ...(await serve(core, settings, keys, { listener, port, schema }, log)), firstAdmin };
  } catch (error) {
    await listener.drain(0);
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

async function serve(
  core: Core,
  settings: Settings,
  keys: SigningKeys,
  { listener, port, schema }: { listener: HttpListener; port: number; schema: GraphQLSchema },
  log: Logger,
): Promise<Omit<RunningServer, 'firstAdmin'>> {
  const addresses = resolveAddresses(settings, port);
  const clock = await DatabaseClock.start(core.database);
  const revocations = followRevocations(core, settings, addresses, keys, log);
  const state = { keys, clock, revocations };
  const services = graphqlServices(core, settings, addresses, state);
  const { introspection } = settings;
  const graphql = await GraphQLServer.start({ schema, services, introspection, log });
  listener.serve(createRouter(routerDependencies(core, settings, addresses, state, graphql)));
  revocations.start();
  const stopPurging = startPurging(core.database, core.transactions, retentionOf(settings), (error) =>
    log.warn({ err: error }, 'a purge failed'),
  );
  const stop = async () => {
    stopPurging();
    await listener.drain(DRAIN);
    await graphql.stop();
    await revocations.stop();
    clock.stop();
    await core.close();
  };
  return { url: listeningUrl(settings.host, port), issuer: addresses.issuer, stop };
}

function routerDependencies(
  core: Core,
  settings: Settings,
  addresses: Addresses,
  { keys, clock, revocations }: InstanceState,
  graphql: GraphQLServer,
): RouterDependencies {
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

/** What an instance keeps in step with the database. */
interface InstanceState {
  readonly keys: SigningKeys;
  readonly clock: DatabaseClock;
  readonly revocations: Pick<InstanceRevocations, 'followed'>;
}

/** Not started yet, but what this instance revokes itself is known to it. */
export function followRevocations(
  core: Core,
  settings: Settings,
  { issuer }: Addresses,
  keys: SigningKeys,
  log: Logger,
): InstanceRevocations {
  const feed = () => openFeed(core.database, settings.database);
  const revocations = new InstanceRevocations({ settings, issuer, openFeed: feed, keys, log });
  core.revocationListeners.add((entries) => revocations.committed(entries));
  return revocations;
}

/** What the resolvers and the guard work with. */
export function graphqlServices(
  core: Core,
  settings: Settings,
  { issuer, audience }: Addresses,
  { keys, clock, revocations }: InstanceState,
): GraphQLServices {
  const { sessionIdleTtl, sessionLifetime, refreshGrace } = settings;
  const sessions = {
    accounts: core.accounts,
    store: core.sessions,
    throttle: loginThrottle(core, settings),
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
    states: createStateLoader(new StateQuery(core.database), keys),
    clock,
    revocations: revocations.followed,
  };
  return {
    sessions,
    guard,
    lifecycle: core.lifecycle,
    users: core.users,
    directory: new StoredSessionDirectory(core.database),
    signingKeys: keys,
    keyRotation: { store: core.signingKeys, secrets: settings.secrets },
    auditLog: core.auditLog,
  };
}

function loginThrottle({ loginBuckets }: Core, { loginLimits, secrets }: Settings): LoginThrottle {
  const planner = loginLimits && new AttemptPlanner(loginBuckets, new BucketNames(secrets), loginLimits);
  return new LoginThrottle(loginBuckets, planner);
}

function retentionOf({ sessionRetention, auditRetention }: Settings): Retention {
  return { sessions: sessionRetention, auditEvents: auditRetention };
}

function sessionLimit({ maxSessionsPerUser, sessionLimitPolicy }: Settings): SessionLimit | undefined {
  return maxSessionsPerUser === undefined
    ? undefined
    : { perUser: maxSessionsPerUser, policy: sessionLimitPolicy };
}

/** The security log as it happens, beside its rows in the database (ASVS V16.2). */
function logAuditEvent(log: Logger, event: AuditEvent): void {
  log.info({ audit: { ...event, at: new Date(event.at).toISOString() } }, event.type);
}
