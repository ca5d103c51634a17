import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, ObjectType } from 'type-graphql';
import type { Role, User } from '../../accounts/user.ts';
import { RoleEnum, UserStatusEnum, type VisibleUserStatus } from './enums.ts';

/** With the executor's own resolvers, as of sessions too: type-graphql's make four objects for every field that is read. */
@ObjectType('User', { simpleResolvers: true })
export class UserType {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => String, { description: 'As it is compared: trimmed, in lower case.' })
  readonly email!: string;

  @Field(() => String, { nullable: true })
  readonly displayName!: string | null;

  @Field(() => [RoleEnum], { description: 'USER, and what else the user may do.' })
  readonly roles!: readonly Role[];

  @Field(() => UserStatusEnum)
  readonly status!: VisibleUserStatus;

  @Field(() => GraphQLDateTime)
  readonly createdAt!: Date;
}

export function userType(user: Omit<User, 'passwordHash'>): UserType {
  return {
    id: user.id,
    email: user.email ?? '',
    displayName: user.displayName,
    roles: user.roles,
    status: user.status === 'ACTIVE' ? 'ACTIVE' : 'SUSPENDED',
    createdAt: new Date(user.createdAt),
  };
}
