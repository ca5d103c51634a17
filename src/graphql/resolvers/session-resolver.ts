import { Arg, Ctx, Directive, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import type { Caller } from '../../guard/caller.ts';
import { listSessions } from '../../sessions/list-sessions.ts';
import {
  actorOf,
  revokeAllForUser,
  revokeOtherSessions,
  revokeSession,
} from '../../sessions/revoke-sessions.ts';
import type { GraphQLContext } from '../context.ts';
import { CurrentCaller, revokerOf } from '../current-caller.ts';
import { CurrentUser, type CurrentUserType } from '../current-user.ts';
import { parseId } from '../parse-id.ts';
import { RevokePayload } from '../types/payloads.ts';
import { SessionType, sessionType } from '../types/session.ts';
import { UserType } from '../types/user.ts';

/** What a signed-in user sees and ends, and what an admin ends for others. */
@Resolver()
export class SessionResolver {
  @Directive('@auth')
  @Query(() => UserType, { description: 'Whom the access token stands for.' })
  me(@CurrentUser() user: CurrentUserType): CurrentUserType {
    return user;
  }

  @Directive('@auth')
  @Query(() => [SessionType], { description: "The caller's live sessions, newest use first." })
  async mySessions(
    @Arg('first', () => Int, { defaultValue: 100 }) first: number,
    @CurrentCaller() caller: Caller,
    @Ctx() { services }: GraphQLContext,
  ): Promise<SessionType[]> {
    const own = { userId: caller.user.id, sessionId: caller.session.id };
    const sessions = await listSessions(services.sessions, own, first);
    return sessions.map((session) => sessionType(session, caller.user, own.sessionId));
  }

  @Directive('@auth')
  @Mutation(() => SessionType, {
    description:
      "Ends one of the caller's sessions, an admin anyone's; one that has ended is returned as it is.",
  })
  async revokeSession(
    @Arg('id', () => ID) id: string,
    @CurrentCaller() caller: Caller,
    @Ctx() context: GraphQLContext,
  ): Promise<SessionType> {
    const { session, user } = await revokeSession(
      context.services.sessions,
      revokerOf(caller, context),
      parseId('session', id),
    );
    return sessionType(session, user, caller.session.id);
  }

  @Directive('@auth')
  @Mutation(() => RevokePayload, { description: 'Ends every session of the caller but the one that asks.' })
  async revokeOtherSessions(
    @CurrentCaller() caller: Caller,
    @Ctx() context: GraphQLContext,
  ): Promise<RevokePayload> {
    return { revokedCount: await revokeOtherSessions(context.services.sessions, revokerOf(caller, context)) };
  }

  @Directive('@auth(requires: ADMIN)')
  @Mutation(() => RevokePayload, {
    description: 'Ends every session of a user, and every access token at once.',
  })
  async revokeAllForUser(
    @Arg('userId', () => ID) userId: string,
    @CurrentCaller() caller: Caller,
    @Ctx() context: GraphQLContext,
  ): Promise<RevokePayload> {
    const actor = actorOf(revokerOf(caller, context));
    return {
      revokedCount: await revokeAllForUser(context.services.sessions, parseId('user', userId), actor),
    };
  }
}
