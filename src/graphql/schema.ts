import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync, type PubSub } from 'type-graphql';
import { protectSchema } from '../directive/protect-schema.ts';
import { AccountResolver } from './resolvers/account-resolver.ts';
import { ActivityResolver } from './resolvers/activity-resolver.ts';
import { AdminResolver } from './resolvers/admin-resolver.ts';
import { AuthResolver } from './resolvers/auth-resolver.ts';
import { KeyResolver } from './resolvers/key-resolver.ts';
import { SessionEventResolver } from './resolvers/session-event-resolver.ts';
import { SessionResolver } from './resolvers/session-resolver.ts';

/** type-graphql asks for one wherever there is a subscription; ours have no topics in it. */
const NO_TOPICS: PubSub = {
  publish: () => undefined,
  subscribe: (topic) => {
    throw new Error(`Nothing is published under ${topic}.`);
  },
};

/** @throws SchemaError */
export function createSchema(): GraphQLSchema {
  return protectSchema(
    buildSchemaSync({
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
    }),
  );
}
