import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Int, ObjectType } from 'type-graphql';
import type { ActivityHour } from '../../activity/list-activity.ts';

@ObjectType('ActivityHour', { description: 'What happened within one hour, at all instances together.' })
export class ActivityHourType {
  @Field(() => GraphQLDateTime)
  readonly start!: Date;

  @Field(() => Int, { description: 'Sessions that began.' })
  readonly logins!: number;

  @Field(() => Int, { description: 'Refresh tokens that were answered with new tokens.' })
  readonly refreshes!: number;

  @Field(() => Int, {
    description: 'Sessions that ended other than at a deadline: by their users, by admins, for a reuse.',
  })
  readonly revocations!: number;

  @Field(() => Int, { description: 'Passwords that were wrong, and logins over the limit.' })
  readonly failedLogins!: number;
}

export function activityHourType({ start, counts }: ActivityHour): ActivityHourType {
  return {
    start: new Date(start),
    logins: counts.LOGIN,
    refreshes: counts.REFRESH,
    revocations: counts.REVOCATION,
    failedLogins: counts.FAILED_LOGIN,
  };
}
