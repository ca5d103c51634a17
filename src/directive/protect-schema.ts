import type { GraphQLSchema } from 'graphql';
import { checkSchema } from './check-schema.ts';
import { defineDirectives } from './define-directives.ts';
import { guardFields } from './guard-fields.ts';
import { type AuthRules, roleModel } from './rules.ts';

/**
 * Makes `@auth` and `@public` hold on a schema, however it was built. The resolvers of its guarded fields are replaced
 * in place.
 *
 * @throws SchemaError when a root field is neither @auth nor @public, or a directive would not be obeyed
 */
export function protectSchema(schema: GraphQLSchema, rules: AuthRules = {}): GraphQLSchema {
  const model = roleModel(rules);
  const conditions = rules.conditions ?? {};
  const defined = defineDirectives(schema, model, Object.keys(conditions));
  checkSchema(defined, model);
  guardFields(defined, model, conditions);
  return defined;
}
