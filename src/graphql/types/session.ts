import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, ObjectType } from 'type-graphql';
import type { User } from '../../accounts/user.ts';
import type { SessionEndReason } from '../../errors/refusal.ts';
import type { Session } from '../../sessions/session.ts';
import { SessionEndReasonEnum } from './enums.ts';
import { UserType, userType } from './user.ts';

@ObjectType('Session', { description: 'One sign-in of a user on one device.', simpleResolvers: true })
export class SessionType {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => Boolean, { description: 'The session of the access token that asks.' })
  readonly current!: boolean;

  @Field(() => GraphQLDateTime)
  readonly createdAt!: Date;

  @Field(() => GraphQLDateTime, { description: 'Moves at login and at a rotation of the refresh token.' })
  readonly lastSeenAt!: Date;

  @Field(() => GraphQLDateTime, { description: 'When the credentials were last proven.' })
  readonly authenticatedAt!: Date;

  @Field(() => GraphQLDateTime, { description: 'The inactivity timeout; never after expiresAt.' })
  readonly idleExpiresAt!: Date;

  @Field(() => GraphQLDateTime, { description: 'The absolute lifetime; never moves.' })
  readonly expiresAt!: Date;

  @Field(() => String, {
    nullable: true,
    description: 'As of lastSeenAt, like userAgent.',
  })
  readonly ipAddress!: string | null;

  @Field(() => String, { nullable: true })
  readonly userAgent!: string | null;

  @Field(() => String, { nullable: true })
  readonly deviceName!: string | null;

  @Field(() => UserType)
  readonly user!: UserType;

  @Field(() => GraphQLDateTime, { nullable: true })
  readonly endedAt!: Date | null;

  @Field(() => SessionEndReasonEnum, { nullable: true })
  readonly endReason!: SessionEndReason | null;
}

export function sessionType(
  session: Session,
  user: Omit<User, 'passwordHash'>,
  currentId: string | undefined,
): SessionType {
  return {
    id: session.id,
    current: session.id === currentId,
    createdAt: new Date(session.createdAt),
    lastSeenAt: new Date(session.lastSeenAt),
    authenticatedAt: new Date(session.authenticatedAt),
    idleExpiresAt: new Date(session.idleExpiresAt),
    expiresAt: new Date(session.expiresAt),
    ipAddress: session.ipAddress,
    userAgent: session.userAgent,
    deviceName: session.deviceName,
    user: userType(user),
    endedAt: session.endedAt === null ? null : new Date(session.endedAt),
    endReason: session.endReason,
  };
}
