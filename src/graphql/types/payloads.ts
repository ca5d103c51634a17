import { Field, Int, ObjectType } from 'type-graphql';
import type { AccessGrant, Grant } from '../../sessions/grant.ts';
import { SessionType, sessionType } from './session.ts';
import { UserType, userType } from './user.ts';

@ObjectType()
export class AuthPayload {
  @Field(() => String)
  readonly accessToken!: string;

  @Field(() => String, { description: 'Always `Bearer` (RFC 6750).' })
  readonly tokenType!: string;

  @Field(() => Int, { description: 'Seconds until the access token expires.' })
  readonly expiresIn!: number;

  @Field(() => String, {
    nullable: true,
    description: 'With transport BODY, from operations that issue one; with COOKIE it is in the cookie.',
  })
  readonly refreshToken!: string | null;

  @Field(() => SessionType)
  readonly session!: SessionType;

  @Field(() => UserType)
  readonly user!: UserType;
}

@ObjectType()
export class LogoutPayload {
  @Field(() => Boolean, { description: 'Whether this call ended a live session.' })
  readonly ended!: boolean;
}

@ObjectType()
export class RevokePayload {
  @Field(() => Int, { description: 'How many live sessions this call ended.' })
  readonly revokedCount!: number;
}

export function authPayload(grant: AccessGrant | Grant): AuthPayload {
  return {
    accessToken: grant.accessToken,
    tokenType: 'Bearer',
    expiresIn: grant.expiresIn,
    refreshToken: grant.session.transport === 'BODY' && 'refreshToken' in grant ? grant.refreshToken : null,
    session: sessionType(grant.session, grant.user, grant.session.id),
    user: userType(grant.user),
  };
}
