import { EntitySchema, type ValueTransformer } from 'typeorm';
import type { LoginBucket } from '../accounts/login-bucket.ts';
import { ROLES, type Role, type User } from '../accounts/user.ts';
import type { ActivityCount } from '../activity/activity.ts';
import type { AuditEvent } from '../audit/event.ts';
import type { StoredSigningKey } from '../keys/signing-key.ts';
import type { Client } from '../oauth/client.ts';
import type { Session } from '../sessions/session.ts';
import { columnTypes } from './columns.ts';
import type { Dialect } from './dialect.ts';
import type { RevocationRow } from './revocation-rows.ts';

export type AuditRow = AuditEvent & { readonly id: string };

/** The tables, as TypeORM maps them onto the domain's own types. */
export interface Rows {
  readonly users: EntitySchema<User>;
  readonly sessions: EntitySchema<Session>;
  readonly auditEvents: EntitySchema<AuditRow>;
  readonly signingKeys: EntitySchema<StoredSigningKey>;
  readonly loginBuckets: EntitySchema<LoginBucket>;
  readonly revocations: EntitySchema<RevocationRow>;
  readonly activityHours: EntitySchema<ActivityCount>;
  readonly clients: EntitySchema<Client>;
}

export function parseRoles(text: string): Role[] {
  return text.split(',').filter((role): role is Role => ROLES.some((known) => known === role));
}

const rolesTransformer: ValueTransformer = {
  to: (roles: unknown) => (Array.isArray(roles) ? roles.join(',') : roles),
  from: parseRoles,
};

const revokedTransformer: ValueTransformer = {
  to: (revoked: unknown) => (typeof revoked === 'boolean' ? (revoked ? 'REVOKED' : 'ACTIVE') : revoked),
  from: (state: unknown) => state === 'REVOKED',
};

const NULL = { nullable: true } as const;

export function defineRows(dialect: Dialect): Rows {
  const column = columnTypes(dialect);
  return {
    users: new EntitySchema<User>({
      name: 'User',
      tableName: 'users',
      columns: {
        id: column.uuid({ primary: true }),
        email: column.text(254, { ...NULL, unique: true }),
        displayName: column.text(100, { ...NULL, name: 'display_name' }),
        passwordHash: column.text(255, { name: 'password_hash' }),
        roles: column.text(64, { transformer: rolesTransformer }),
        status: column.text(16),
        tokenVersion: column.integer({ name: 'token_version' }),
        createdAt: column.time({ name: 'created_at' }),
      },
    }),
    sessions: new EntitySchema<Session>({
      name: 'Session',
      tableName: 'sessions',
      columns: {
        id: column.uuid({ primary: true }),
        userId: column.uuid({ name: 'user_id' }),
        transport: column.text(8),
        rememberMe: { ...column.flag(), name: 'remember_me' },
        secret: column.bytes(32),
        generation: column.integer(),
        branch: column.integer(),
        nextBranch: column.integer({ ...NULL, name: 'next_branch' }),
        rotatedAt: column.time({ ...NULL, name: 'rotated_at' }),
        successorSeen: { ...column.flag(), name: 'successor_seen' },
        createdAt: column.time({ name: 'created_at' }),
        lastSeenAt: column.time({ name: 'last_seen_at' }),
        authenticatedAt: column.time({ name: 'authenticated_at' }),
        idleExpiresAt: column.time({ name: 'idle_expires_at' }),
        expiresAt: column.time({ name: 'expires_at' }),
        endedAt: column.time({ ...NULL, name: 'ended_at' }),
        endReason: column.text(24, { ...NULL, name: 'end_reason' }),
        endedBy: column.uuid({ ...NULL, name: 'ended_by' }),
        ipAddress: column.text(45, { ...NULL, name: 'ip_address' }),
        userAgent: column.text(512, { ...NULL, name: 'user_agent' }),
        deviceName: column.text(100, { ...NULL, name: 'device_name' }),
      },
    }),
    auditEvents: new EntitySchema<AuditRow>({
      name: 'AuditEvent',
      tableName: 'audit_events',
      columns: {
        id: column.uuid({ primary: true }),
        at: column.time(),
        type: column.text(32),
        actorId: column.uuid({ ...NULL, name: 'actor_id' }),
        userId: column.uuid({ ...NULL, name: 'user_id' }),
        sessionId: column.uuid({ ...NULL, name: 'session_id' }),
        ipAddress: column.text(45, { ...NULL, name: 'ip_address' }),
        userAgent: column.text(512, { ...NULL, name: 'user_agent' }),
        detail: column.text(1000, NULL),
      },
    }),
    signingKeys: new EntitySchema<StoredSigningKey>({
      name: 'SigningKey',
      tableName: 'signing_keys',
      columns: {
        kid: column.text(43, { primary: true, name: 'id' }),
        publicJwk: { ...column.longText(), name: 'public_jwk' },
        encryptedPrivateJwk: { ...column.longText(), name: 'encrypted_private_jwk' },
        createdAt: column.time({ name: 'created_at' }),
        activeFrom: column.time({ name: 'active_from' }),
        expiresAt: column.time({ ...NULL, name: 'expires_at' }),
        revoked: column.text(16, { name: 'state', transformer: revokedTransformer }),
      },
    }),
    revocations: new EntitySchema<RevocationRow>({
      name: 'Revocation',
      tableName: 'revocation_feed',
      columns: {
        sequence: column.bigint({ primary: true, name: 'seq' }),
        kind: column.text(16),
        subject: column.uuid(NULL),
        version: column.bigint(NULL),
        reason: column.text(24, NULL),
        effectiveUntil: column.time({ name: 'effective_until' }),
        createdAt: column.time({ name: 'created_at' }),
      },
    }),
    activityHours: new EntitySchema<ActivityCount>({
      name: 'ActivityHour',
      tableName: 'activity_hours',
      columns: {
        hour: column.time({ primary: true }),
        kind: column.text(16, { primary: true }),
        count: column.bigint(),
      },
    }),
    clients: new EntitySchema<Client>({
      name: 'Client',
      tableName: 'clients',
      columns: {
        id: column.uuid({ primary: true }),
        name: column.text(100),
        secretHash: { ...column.bytes(32), name: 'secret_hash' },
        createdAt: column.time({ name: 'created_at' }),
        lastUsedAt: column.time({ ...NULL, name: 'last_used_at' }),
        revokedAt: column.time({ ...NULL, name: 'revoked_at' }),
      },
    }),
    loginBuckets: new EntitySchema<LoginBucket>({
      name: 'LoginBucket',
      tableName: 'login_buckets',
      columns: {
        id: column.uuid({ primary: true }),
        accountId: column.uuid({ ...NULL, name: 'account_id' }),
        failures: column.integer(),
        inFlight: column.integer({ name: 'in_flight' }),
        inFlightUntil: column.time({ name: 'in_flight_until' }),
        windowEndsAt: column.time({ name: 'window_ends_at' }),
        lastFailedAt: column.time({ name: 'last_failed_at' }),
        knownUntil: column.time({ name: 'known_until' }),
        expiresAt: column.time({ name: 'expires_at' }),
      },
    }),
  };
}
