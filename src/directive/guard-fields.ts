import { defaultFieldResolver, type GraphQLFieldResolver, type GraphQLSchema, isObjectType } from 'graphql';
import { forbidden } from '../errors/refusal.ts';
import type { Requirement } from '../guard/requirement.ts';
import { requirementOf } from './applied-directives.ts';
import { authenticatedCaller } from './authenticated-caller.ts';
import type { Decisions } from './decisions.ts';
import type { Condition, RoleModel } from './rules.ts';

/** All that the guard needs of a context. */
interface GuardedContext {
  readonly auth: Decisions;
}

type Resolver = GraphQLFieldResolver<unknown, GuardedContext>;

/** What guarded fields ask, for whoever has to know before they are resolved. */
const requirements = new WeakMap<object, Requirement>();

/** @returns undefined when nothing guards it */
export function requirementOfField(field: object): Requirement | undefined {
  return requirements.get(field);
}

/**
 * Puts the guard in front of every field that `@auth` protects, of `resolve` and `subscribe` alike. It stands outside
 * everything else that a field does: nothing of a denied field runs. The schema's own fields are changed.
 *
 * @param conditions by name; all that the schema asks for are there
 */
export function guardFields(
  schema: GraphQLSchema,
  model: RoleModel,
  conditions: Readonly<Record<string, Condition>>,
): void {
  for (const type of Object.values(schema.getTypeMap()).filter(isObjectType)) {
    const isSubscription = type === schema.getSubscriptionType();
    for (const field of Object.values(type.getFields())) {
      const requirement = requirementOf(schema, model, type, field.name);
      if (requirement === undefined) continue;
      requirements.set(field, requirement);
      const own = requirement.conditions.flatMap((name) => conditions[name] ?? []);
      const guard = (resolve: Resolver = defaultFieldResolver) =>
        guarded(requirement, conditioned(own, resolve));
      field.resolve = guard(field.resolve);
      if (isSubscription) field.subscribe = guard(field.subscribe);
    }
  }
}

function guarded(requirement: Requirement, resolve: Resolver): Resolver {
  const judged: Resolver = (source, args, context, info) => {
    const decision = context.auth.authorize(info, requirement);
    if (decision === undefined) return resolve(source, args, context, info);
    return decision.then(() => resolve(source, args, context, info));
  };
  if (!requirement.isPlain) return judged;
  // In a row of a list this one comparison is all that the guard costs.
  return (source, args, context, info) =>
    context.auth.plainlyPassed === info.operation
      ? resolve(source, args, context, info)
      : judged(source, args, context, info);
}

/** Judged for each object by itself, and after all else. */
function conditioned(conditions: readonly Condition[], resolve: Resolver): Resolver {
  if (conditions.length === 0) return resolve;
  return async (source, args, context, info) => {
    const caller = authenticatedCaller(context.auth.admitted(info));
    for (const condition of conditions)
      if (!(await condition({ caller, source, args, context, info })))
        throw forbidden('This is not for the caller.');
    return resolve(source, args, context, info);
  };
}
