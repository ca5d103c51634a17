import { registerEnumType } from 'type-graphql';
import { ROLES, type Role } from '../../accounts/user.ts';
import { AUDIT_EVENT_TYPES, type AuditEventType } from '../../audit/event.ts';
import { SESSION_END_REASONS, type SessionEndReason } from '../../errors/refusal.ts';
import { SIGNING_KEY_STATES, type SigningKeyState } from '../../keys/key-state.ts';
import type { Transport } from '../../sessions/session.ts';
import {
  SESSION_EVENT_ACTORS,
  SESSION_EVENT_KINDS,
  type SessionEventActor,
  type SessionEventKind,
} from '../../sessions/session-event.ts';

function named<T extends string>(values: readonly T[]): { [value in T]: value } {
  return Object.fromEntries(values.map((value) => [value, value])) as { [value in T]: value };
}

export const RoleEnum = named<Role>(ROLES);
registerEnumType(RoleEnum, { name: 'Role', description: 'What a user may do. Everyone is a USER.' });

export type VisibleUserStatus = 'ACTIVE' | 'SUSPENDED';
export const UserStatusEnum = named<VisibleUserStatus>(['ACTIVE', 'SUSPENDED']);
registerEnumType(UserStatusEnum, {
  name: 'UserStatus',
  valuesConfig: { SUSPENDED: { description: 'Cannot sign in; what was signed in has ended.' } },
});

export const TransportEnum = named<Transport>(['COOKIE', 'BODY']);
registerEnumType(TransportEnum, {
  name: 'Transport',
  description: 'How the refresh token of a session travels.',
  valuesConfig: {
    COOKIE: { description: 'In an httpOnly cookie: browsers.' },
    BODY: { description: 'In the body: native clients only.' },
  },
});

export const SessionEndReasonEnum = named<SessionEndReason>(SESSION_END_REASONS);
registerEnumType(SessionEndReasonEnum, {
  name: 'SessionEndReason',
  description: 'Why a session is over.',
  valuesConfig: {
    REFRESH_TOKEN_REUSE: {
      description: 'A refresh token came that had been exchanged before: somebody may hold a copy of it.',
    },
    IDLE_TIMEOUT: { description: 'It was not used for too long.' },
    LIFETIME_REACHED: { description: 'It had its absolute lifetime, however much it was used.' },
    SESSION_LIMIT: { description: 'A newer session took its place.' },
  },
});

export const SessionEventKindEnum = named<SessionEventKind>(SESSION_EVENT_KINDS);
registerEnumType(SessionEventKindEnum, {
  name: 'SessionEventKind',
  valuesConfig: {
    REFRESHED: { description: 'Its refresh token was exchanged for the next: it is in use.' },
    ENDED: { description: 'It was ended. A deadline that passes ends a session without an event.' },
  },
});

export const SessionEventActorEnum = named<SessionEventActor>(SESSION_EVENT_ACTORS);
registerEnumType(SessionEventActorEnum, {
  name: 'SessionEventActor',
  description: 'Who ended a session.',
  valuesConfig: {
    SELF: { description: 'The user whose session it was.' },
    SYSTEM: { description: 'Nobody asked for it: a rule of the server did.' },
  },
});

export const SigningKeyStateEnum = named<SigningKeyState>(SIGNING_KEY_STATES);
registerEnumType(SigningKeyStateEnum, {
  name: 'SigningKeyState',
  valuesConfig: {
    NEXT: { description: 'Published, so that every verifier knows it by the time it signs.' },
    ACTIVE: { description: 'It signs.' },
    RETIRING: { description: 'It signs no more, and verifies until its last token has expired.' },
    REVOKED: { description: 'Nothing that it signed is accepted.' },
  },
});

export const AuditEventTypeEnum = named<AuditEventType>(AUDIT_EVENT_TYPES);
registerEnumType(AuditEventTypeEnum, { name: 'AuditEventType' });
