import { AuditEventObject } from './audit-event.ts';
import { connectionType } from './connection.ts';
import { SessionType } from './session.ts';
import { UserType } from './user.ts';

export const UserConnection = connectionType('User', UserType);
export const SessionConnection = connectionType('Session', SessionType);
export const AuditEventConnection = connectionType('AuditEvent', AuditEventObject);
