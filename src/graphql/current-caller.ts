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

function callerOf(context: GraphQLContext, info: GraphQLResolveInfo): Caller {
  const caller = context.decisions.caller(info);
  // A mistake of the schema's author; it must not pass as an anonymous call.
  if (caller === undefined)
    throw new Error(`${info.parentType.name}.${info.fieldName} reads its caller but is not guarded.`);
  return caller;
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
