import { defaultFieldResolver, type GraphQLFieldResolver, type GraphQLSchema, isObjectType } from 'graphql';
import type { Caller } from '../guard/caller.ts';
import { authorize, type Requirement } from '../guard/requirement.ts';
import type { GraphQLContext } from './context.ts';
import { requirementOf } from './directives.ts';

type Resolver = GraphQLFieldResolver<unknown, GraphQLContext>;

/**
 * Puts the guard in front of every field that `@auth` protects, of `resolve` and `subscribe` alike. It stands outside
 * everything else that a field does: nothing of a denied field runs.
 */
export function protectSchema(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap()).filter(isObjectType)) {
    for (const field of Object.values(type.getFields())) {
      const requirement = requirementOf(schema, type, field.name);
      if (requirement === undefined) continue;
      field.resolve = guarded(requirement, field.resolve ?? defaultFieldResolver);
      if (field.subscribe) field.subscribe = guarded(requirement, field.subscribe);
    }
  }
  return schema;
}

function guarded(requirement: Requirement, resolve: Resolver): Resolver {
  return (source, args, context, info) => {
    const judge = (caller: Caller) => {
      authorize(caller, requirement, context.services.guard.clock.now());
      return resolve(source, args, context, info);
    };
    // In a list of many guarded rows the decision stands already: no promise for each of them.
    const known = info.operation.operation === 'subscription' ? undefined : context.decisions.settled(info);
    return known === undefined ? context.decisions.caller(info).then(judge) : judge(known);
  };
}
