import type { GraphQLResolveInfo } from 'graphql';
import { Directive, Resolver, Root, Subscription } from 'type-graphql';
import type { Caller } from '../../guard/caller.ts';
import type { SessionEvent } from '../../sessions/session-event.ts';
import type { GraphQLContext } from '../context.ts';
import { CurrentCaller, callerOf } from '../current-caller.ts';
import { SessionEventType, sessionEventType } from '../types/session-event.ts';

/** Milliseconds: an instance reckons the database's clock, and what happens while somebody subscribes is theirs to hear. */
const CLOCK_SKEW = 5_000;

/** What a signed-in user hears of as it happens. */
@Resolver()
export class SessionEventResolver {
  @Directive('@auth')
  @Subscription(() => SessionEventType, {
    description: 'Sessions of the caller that begin, are refreshed, and end.',
    subscribe: ({ context, info }) => ownEvents(context, info),
  })
  mySessionEvents(@Root() event: SessionEvent, @CurrentCaller() caller: Caller): SessionEventType {
    return sessionEventType(event, caller);
  }
}

async function ownEvents(context: GraphQLContext, info: GraphQLResolveInfo) {
  const { user } = await callerOf(context, info);
  const { sessionEvents, sessions } = context.services;
  return sessionEvents.subscribe(user.id, sessions.clock.now() - CLOCK_SKEW);
}
