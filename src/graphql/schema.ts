import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import { protectSchema } from '../directive/protect-schema.ts';
import { AccountResolver } from './resolvers/account-resolver.ts';
import { ActivityResolver } from './resolvers/activity-resolver.ts';
import { AdminResolver } from './resolvers/admin-resolver.ts';
import { AuthResolver } from './resolvers/auth-resolver.ts';
import { KeyResolver } from './resolvers/key-resolver.ts';
import { SessionResolver } from './resolvers/session-resolver.ts';

/** @throws SchemaError */
export function createSchema(): GraphQLSchema {
  return protectSchema(
    buildSchemaSync({
      resolvers: [
        AuthResolver,
        SessionResolver,
        AccountResolver,
        AdminResolver,
        KeyResolver,
        ActivityResolver,
      ],
      validate: false,
    }),
  );
}
