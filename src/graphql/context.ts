import type { UserDirectory } from '../accounts/list-users.ts';
import type { ActivityStore } from '../activity/activity.ts';
import type { AuditLog } from '../audit/list-events.ts';
import { Decisions } from '../directive/decisions.ts';
import type { Caller } from '../guard/caller.ts';
import type { Gate } from '../guard/gate.ts';
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
  readonly gate: Gate<Caller>;
  readonly lifecycle: LifecycleServices;
  readonly users: UserDirectory;
  readonly directory: SessionDirectory;
  readonly auditLog: AuditLog;
  readonly signingKeys: Pick<SigningKeys, 'renew'>;
  readonly keyRotation: KeyRotationServices;
  readonly activity: Pick<ActivityStore, 'since'>;
  readonly sessionEvents: Pick<SessionEvents, 'subscribe'>;
}

/** A request, as the program that the server runs in is told of it. */
export interface HostRequest extends Pick<RequestFacts, 'requestId' | 'ipAddress' | 'userAgent'> {
  /** @param name in any spelling */
  header(name: string): string | undefined;
}

/** Values of the program's own for its resolvers. */
export type HostContext = (request: HostRequest) => object;

/** What the resolvers work with, for one request. */
export interface GraphQLContext {
  readonly facts: RequestFacts;
  readonly services: GraphQLServices;
  readonly auth: Decisions<Caller>;
  /** Where the events of a subscription are put; undefined: there is no socket to send them on. */
  readonly events: EventSlot | undefined;
}

/** @param given of the program's own; undefined: nothing */
export function createContext(
  services: GraphQLServices,
  facts: RequestFacts,
  events?: EventSlot,
  given?: object,
): GraphQLContext {
  const own = { facts, services, auth: new Decisions(services.gate, facts.authorization), events };
  if (given === undefined) return own;
  const taken = Object.keys(own).filter((name) => name in given);
  if (taken.length > 0) throw new Error(`The context has ${taken.join(', ')} already.`);
  return { ...given, ...own };
}
