import type { UserDirectory } from '../accounts/list-users.ts';
import type { ActivityStore } from '../activity/activity.ts';
import type { AuditLog } from '../audit/list-events.ts';
import { Decisions } from '../directive/decisions.ts';
import type { GuardServices } from '../guard/guard.ts';
import type { KeyRotationServices } from '../keys/rotate-signing-key.ts';
import type { SigningKeys } from '../keys/signing-keys.ts';
import type { LifecycleServices } from '../lifecycle/keep-an-admin.ts';
import type { SessionDirectory } from '../sessions/search-sessions.ts';
import type { SessionServices } from '../sessions/services.ts';
import type { SessionEvents } from '../sessions/session-events.ts';
import type { RequestFacts } from './request.ts';
import type { EventSlot } from './subscribe.ts';

/** What the resolvers work with, for the life of the server. */
export interface GraphQLServices {
  readonly sessions: SessionServices;
  readonly guard: GuardServices;
  readonly lifecycle: LifecycleServices;
  readonly users: UserDirectory;
  readonly directory: SessionDirectory;
  readonly auditLog: AuditLog;
  readonly signingKeys: Pick<SigningKeys, 'renew'>;
  readonly keyRotation: KeyRotationServices;
  readonly activity: Pick<ActivityStore, 'since'>;
  readonly sessionEvents: Pick<SessionEvents, 'subscribe'>;
}

/** What the resolvers work with, for one request. */
export interface GraphQLContext {
  readonly facts: RequestFacts;
  readonly services: GraphQLServices;
  readonly decisions: Decisions;
  /** Where the events of a subscription are put; undefined: there is no socket to send them on. */
  readonly events: EventSlot | undefined;
}

export function createContext(
  services: GraphQLServices,
  facts: RequestFacts,
  events?: EventSlot,
): GraphQLContext {
  return { facts, services, decisions: new Decisions(services.guard, facts.authorization), events };
}
