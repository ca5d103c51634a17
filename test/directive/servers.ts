import { once } from 'node:events';
import { createServer } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import type { GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { type AuthContext, authContext, type Gate } from '../../src/directive/index.ts';

/** A GraphQL server of somebody else's making. */
export interface ForeignServer {
  /** Without the path `/graphql`. */
  readonly url: string;
  stop(): Promise<void>;
}

/** @param gate undefined: whoever wrote the server forgot it */
export type StartForeign = (schema: GraphQLSchema, gate: Gate | undefined) => Promise<ForeignServer>;

/** A value of the server's own in its context, beside what `@auth` needs. */
export interface OwnContext extends AuthContext {
  readonly greeting: string;
}

const own = (gate: Gate | undefined, authorization: string | undefined) => ({
  ...(gate && authContext(gate, authorization)),
  greeting: 'hello',
});

const startApollo: StartForeign = async (schema, gate) => {
  const apollo = new ApolloServer<object>({ schema });
  const { url } = await startStandaloneServer(apollo, {
    listen: { port: 0, host: '127.0.0.1' },
    context: async ({ req }) => own(gate, req.headers.authorization),
  });
  return { url: url.replace(/\/$/, ''), stop: () => apollo.stop() };
};

const startYoga: StartForeign = async (schema, gate) => {
  const yoga = createYoga({
    schema,
    logging: false,
    context: ({ request }) => own(gate, request.headers.get('authorization') ?? undefined),
  });
  const server = createServer(yoga);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    async stop() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
};

export const FOREIGN_SERVERS: readonly (readonly [string, StartForeign])[] = [
  ['Apollo Server', startApollo],
  ['GraphQL Yoga', startYoga],
];
