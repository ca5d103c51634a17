import { defaultFieldResolver, type GraphQLFieldResolver, type GraphQLSchema, isObjectType } from 'graphql';
import { isPlain, type Requirement } from '../guard/requirement.ts';
import { requirementOf } from './applied-directives.ts';
import type { Decisions } from './decisions.ts';

/** All that the guard needs of a context. */
interface GuardedContext {
  readonly decisions: Decisions;
}

type Resolver = GraphQLFieldResolver<unknown, GuardedContext>;

/**
 * Puts the guard in front of every field that `@auth` protects, of `resolve` and `subscribe` alike. It stands outside
 * everything else that a field does: nothing of a denied field runs. The schema's own fields are changed.
 */
export function guardFields(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap()).filter(isObjectType)) {
    const isSubscription = type === schema.getSubscriptionType();
    for (const field of Object.values(type.getFields())) {
      const requirement = requirementOf(schema, type, field.name);
      if (requirement === undefined) continue;
      field.resolve = guarded(requirement, field.resolve ?? defaultFieldResolver);
      if (isSubscription) field.subscribe = guarded(requirement, field.subscribe ?? defaultFieldResolver);
    }
  }
}

function guarded(requirement: Requirement, resolve: Resolver): Resolver {
  const judged: Resolver = (source, args, context, info) => {
    const decision = context.decisions.authorize(info, requirement);
    if (decision === undefined) return resolve(source, args, context, info);
    return decision.then(() => resolve(source, args, context, info));
  };
  if (!isPlain(requirement)) return judged;
  // In a row of a list this one comparison is all that the guard costs.
  return (source, args, context, info) =>
    context.decisions.plainlyPassed === info.operation
      ? resolve(source, args, context, info)
      : judged(source, args, context, info);
}
