import type { GraphQLResolveInfo } from 'graphql';
import { createParameterDecorator, type ResolverData } from 'type-graphql';
import type { Caller } from '../guard/caller.ts';
import type { Revoker } from '../sessions/revoke-sessions.ts';
import type { GraphQLContext } from './context.ts';

/** Parameter of the resolver of an `@auth` field, or of a field below one: who calls. */
export function CurrentCaller() {
  return createParameterDecorator<GraphQLContext>(({ context, info }: ResolverData<GraphQLContext>) =>
    callerOf(context, info),
  );
}

/** @throws Error when the field is not guarded */
export function callerOf(context: GraphQLContext, info: GraphQLResolveInfo): Caller | Promise<Caller> {
  return context.auth.caller(info);
}

export function revokerOf(caller: Caller, context: GraphQLContext): Revoker {
  return {
    userId: caller.user.id,
    sessionId: caller.session.id,
    roles: caller.user.roles,
    origin: originOf(context),
  };
}

export function originOf({ facts }: GraphQLContext) {
  return { ipAddress: facts.ipAddress, userAgent: facts.userAgent };
}
