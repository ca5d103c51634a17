import { BucketNames } from './accounts/bucket-names.ts';
import { LoginThrottle } from './accounts/login-throttle.ts';
import type { ActivityCounts } from './activity/count-activity.ts';
import type { Core } from './core.ts';
import type { GraphQLServices } from './graphql/context.ts';
import { createStateLoader } from './guard/state-loader.ts';
import type { SigningKeys } from './keys/signing-keys.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics/metrics.ts';
import { InstanceRevocations } from './revocation/instance-revocations.ts';
import type { RevocationListener } from './revocation/revocation.ts';
import type { RefreshListener, SessionLimit } from './sessions/services.ts';
import { SessionNews } from './sessions/session-news.ts';
import type { Addresses } from './settings/resolve.ts';
import type { Settings } from './settings/settings.ts';
import type { DatabaseClock } from './storage/database-clock.ts';
import { openFeed } from './storage/revocation-feed.ts';
import { StoredSessionDirectory } from './storage/session-directory.ts';
import { StateQuery } from './storage/state-query.ts';
import { AccessTokenIssuer } from './tokens/access-token.ts';
import { RefreshTokenMac } from './tokens/refresh-token.ts';
import { AccessTokenVerifier } from './tokens/verify-access-token.ts';

/** What an instance keeps in step with the database. */
export interface InstanceState {
  readonly keys: SigningKeys;
  readonly clock: DatabaseClock;
  readonly revocations: Pick<InstanceRevocations, 'followed'>;
  /** What the services tell of themselves. */
  readonly metrics: Pick<Metrics, 'guard' | 'onBatch' | 'onRefresh'>;
  readonly activity: Pick<ActivityCounts, 'onRefresh'>;
  readonly sessionNews: Pick<SessionNews, 'events' | 'onRefresh'>;
}

/** What an instance hears of the others, and tells them. */
export interface Following {
  readonly revocations: InstanceRevocations;
  readonly sessionNews: SessionNews;
  /** Told, in this order, of what was revoked anywhere, as soon as this instance knows of it. */
  readonly onNews: Set<RevocationListener>;
}

/** Not started yet, but what this instance revokes itself is known to it. */
export function followRevocations(
  core: Core,
  settings: Settings,
  { issuer }: Addresses,
  keys: SigningKeys,
  log: Logger,
): Following {
  const onNews = new Set<RevocationListener>();
  const sessionNews = new SessionNews(core.sessions, (message) => revocations.tellOthers(message));
  const revocations = new InstanceRevocations({
    settings,
    issuer,
    openFeed: () => openFeed(core.database, settings.database),
    keys,
    log,
    onNews: (news) => {
      for (const listener of onNews) listener(news);
    },
    onMessage: sessionNews.onMessage,
  });
  core.revocationListeners.add((entries) => revocations.committed(entries));
  return { revocations, sessionNews, onNews };
}

/** What the resolvers and the guard work with. */
export function graphqlServices(
  core: Core,
  settings: Settings,
  { issuer, audience }: Addresses,
  { keys, clock, revocations, metrics, activity, sessionNews }: InstanceState,
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
    onRefresh: (...[verdict, session]: Parameters<RefreshListener>) => {
      metrics.onRefresh(verdict, session);
      activity.onRefresh(verdict, clock.now());
      sessionNews.onRefresh(verdict, session);
    },
  };
  const guard = {
    accessTokens: new AccessTokenVerifier({ keys, issuer, audience, clock }),
    states: createStateLoader(new StateQuery(core.database), keys, metrics.onBatch),
    clock,
    revocations: revocations.followed,
    listener: metrics.guard,
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
    activity: core.activity,
    sessionEvents: sessionNews.events,
  };
}

function loginThrottle({ loginBuckets }: Core, { loginLimits, secrets }: Settings): LoginThrottle {
  return new LoginThrottle(loginBuckets, new BucketNames(secrets), loginLimits);
}

function sessionLimit({ maxSessionsPerUser, sessionLimitPolicy }: Settings): SessionLimit | undefined {
  return maxSessionsPerUser === undefined
    ? undefined
    : { perUser: maxSessionsPerUser, policy: sessionLimitPolicy };
}
