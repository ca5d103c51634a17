import { GraphQLSchema, printSchema } from 'graphql';
import { defineDirectives } from './define-directives.ts';
import { type AuthRules, roleModel } from './rules.ts';

/**
 * The definitions of `@auth` and `@public`, and of the enums that they take, for a schema that is written in SDL.
 *
 * @param rules those that the schema will be started with
 */
export function authTypeDefs({ conditions = {} }: Pick<AuthRules, 'conditions'> = {}): string {
  return printSchema(defineDirectives(new GraphQLSchema({}), roleModel({}), Object.keys(conditions)));
}
