import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import { checkSchema } from './check-schema.ts';
import { withDirectives } from './directives.ts';
import { protectSchema } from './protect-schema.ts';
import { AuthResolver } from './resolvers/auth-resolver.ts';
import { SessionResolver } from './resolvers/session-resolver.ts';

/** @throws SchemaError when a root field is neither @auth nor @public, or a directive is mistyped */
export function createSchema(): GraphQLSchema {
  const schema = withDirectives(
    buildSchemaSync({ resolvers: [AuthResolver, SessionResolver], validate: false }),
  );
  checkSchema(schema);
  return protectSchema(schema);
}
