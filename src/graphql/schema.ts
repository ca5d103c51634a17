import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync, type PubSub } from 'type-graphql';
import { protectSchema } from '../directive/protect-schema.ts';
import type { AuthRules } from '../directive/rules.ts';
import { mergeHostSchema } from './merge-host-schema.ts';
import { AccountResolver } from './resolvers/account-resolver.ts';
import { ActivityResolver } from './resolvers/activity-resolver.ts';
import { AdminResolver } from './resolvers/admin-resolver.ts';
import { AuthResolver } from './resolvers/auth-resolver.ts';
import { KeyResolver } from './resolvers/key-resolver.ts';
import { SessionEventResolver } from './resolvers/session-event-resolver.ts';
import { SessionResolver } from './resolvers/session-resolver.ts';

/** A schema of the program that the server runs in. */
export interface HostSchema {
  /** Its root fields carry @auth or @public. */
  readonly schema?: GraphQLSchema | undefined;
  readonly rules?: Pick<AuthRules<never>, 'conditions'> | undefined;
}

/** type-graphql asks for one wherever there is a subscription; ours have no topics in it. */
const NO_TOPICS: PubSub = {
  publish: () => undefined,
  subscribe: (topic) => {
    throw new Error(`Nothing is published under ${topic}.`);
  },
};

/**
 * The server's own schema, merged with the host's where there is one.
 *
 * @throws SchemaError
 */
export function createSchema({ schema, rules }: HostSchema = {}): GraphQLSchema {
  const own = buildSchemaSync({
    resolvers: [
      AuthResolver,
      SessionResolver,
      SessionEventResolver,
      AccountResolver,
      AdminResolver,
      KeyResolver,
      ActivityResolver,
    ],
    validate: false,
    pubSub: NO_TOPICS,
  });
  return protectSchema(schema === undefined ? own : mergeHostSchema(own, schema), rules);
}
