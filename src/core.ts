import { PasswordHasher } from './accounts/password-hasher.ts';
import type { AccountServices } from './accounts/services.ts';
import type { AuditEvent, AuditListener } from './audit/event.ts';
import type { LifecycleServices } from './lifecycle/keep-an-admin.ts';
import type { Logger } from './log.ts';
import type { RevocationListener } from './revocation/revocation.ts';
import type { Settings } from './settings/settings.ts';
import { StoredActivity } from './storage/activity-store.ts';
import { StoredAuditLog } from './storage/audit-log.ts';
import { StoredClients } from './storage/client-store.ts';
import { Database } from './storage/database.ts';
import { StoredSigningKeys } from './storage/key-store.ts';
import { StoredLoginBuckets } from './storage/login-buckets.ts';
import { StoredSessions } from './storage/session-store.ts';
import { Transactions } from './storage/transactions.ts';
import { StoredUsers } from './storage/user-store.ts';

/** What the server and the command line share: the database and the accounts in it. */
export interface Core {
  readonly database: Database;
  readonly transactions: Transactions;
  /** They are told what this process has revoked, before whoever asked for it hears that it is done. */
  readonly revocationListeners: Set<RevocationListener>;
  /** They are told of the events of the security log that this process has written. */
  readonly auditListeners: Set<AuditListener>;
  readonly sessions: StoredSessions;
  readonly users: StoredUsers;
  readonly signingKeys: StoredSigningKeys;
  readonly accounts: AccountServices;
  readonly loginBuckets: StoredLoginBuckets;
  readonly lifecycle: LifecycleServices;
  readonly auditLog: StoredAuditLog;
  readonly activity: StoredActivity;
  readonly clients: StoredClients;
  close(): Promise<void>;
}

/** @throws Refusal UNAVAILABLE when the database cannot be reached */
export async function openCore(settings: Settings, log: Logger): Promise<Core> {
  const database = await Database.open(settings.database);
  const revocationListeners = new Set<RevocationListener>();
  const auditListeners = new Set<AuditListener>([(event) => logAuditEvent(log, event)]);
  const transactions = new Transactions(
    database,
    (event) => {
      for (const listener of auditListeners) listener(event);
    },
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
    auditListeners,
    sessions,
    users,
    signingKeys: new StoredSigningKeys(database, transactions),
    accounts: { users, passwords: new PasswordHasher(), policy: settings },
    loginBuckets: new StoredLoginBuckets(database, transactions),
    lifecycle: { store: sessions, admins: users },
    auditLog: new StoredAuditLog(database),
    activity: new StoredActivity(database, transactions),
    clients: new StoredClients(database, transactions),
    close: () => database.close(),
  };
}

/** The security log as it happens, beside its rows in the database (ASVS V16.2). */
function logAuditEvent(log: Logger, event: AuditEvent): void {
  log.info({ audit: { ...event, at: new Date(event.at).toISOString() } }, event.type);
}
