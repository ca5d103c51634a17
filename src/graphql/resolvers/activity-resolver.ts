import { Arg, Ctx, Directive, Int, Query, Resolver } from 'type-graphql';
import { listActivity } from '../../activity/list-activity.ts';
import type { GraphQLContext } from '../context.ts';
import { ActivityHourType, activityHourType } from '../types/activity.ts';

const DAY = 24;

/** How much is going on. */
@Resolver()
export class ActivityResolver {
  @Directive('@auth(requires: ADMIN)')
  @Query(() => [ActivityHourType], {
    description:
      'By the hour, oldest first; the last one is the current hour. Up to a week. It is some seconds behind.',
  })
  async activity(
    @Arg('hours', () => Int, { defaultValue: DAY }) hours: number,
    @Ctx() { services }: GraphQLContext,
  ): Promise<ActivityHourType[]> {
    const listed = await listActivity(services.activity, hours, services.guard.clock.now());
    return listed.map(activityHourType);
  }
}
