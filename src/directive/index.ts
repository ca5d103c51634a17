import type { GraphQLSchema } from 'graphql';
import { RemoteGate, type RemoteGateOptions } from '../gate/remote-gate.ts';
import { protectSchema as guardSchema } from './protect-schema.ts';
import type { AuthRules } from './rules.ts';
import { speakGraphQL } from './speak-graphql.ts';

export { Refusal } from '../errors/refusal.ts';
export type { AuthenticatedCaller } from '../guard/authenticated-caller.ts';
export type { Gate } from '../guard/gate.ts';
export { type AuthContext, authContext } from './auth-context.ts';
export { authTypeDefs } from './auth-type-defs.ts';
export type { AuthRules, Condition, Question, RoleRules } from './rules.ts';
export { SchemaError } from './schema-error.ts';
export type { RemoteGate, RemoteGateOptions };

/**
 * The gate of a service that knows the issuer's address and a credential (`portcullis client create`). It begins at once to
 * fetch the keys and to hear the feed of revocations; `close` ends that.
 *
 * @throws TypeError when the address or the credential is missing or cannot be used
 */
export function createGate(options: RemoteGateOptions): RemoteGate {
  return new RemoteGate(options);
}

/**
 * The schema with `@auth` and `@public` in force, however it was built. The resolvers of its guarded fields are replaced in
 * place; its server puts `authContext(gate, authorization)` into the context of each request.
 *
 * @throws SchemaError, naming every problem, when a root field is neither @auth nor @public, or a directive would not be
 *   obeyed
 */
export function protectSchema<Context = unknown>(
  schema: GraphQLSchema,
  rules: AuthRules<Context> = {},
): GraphQLSchema {
  const guarded = guardSchema(schema, rules);
  speakGraphQL(guarded);
  return guarded;
}
