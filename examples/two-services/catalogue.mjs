import { once } from 'node:events';
import { createServer } from 'node:http';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { createYoga } from 'graphql-yoga';
import { authContext, authTypeDefs, protectSchema } from 'portcullis/directive';

/** @type {string[]} */
const titles = ['Notes by the Translator'];

const typeDefs = `
  type Query {
    titles: [String!]! @public
    price(title: String!): Int @auth
  }
  type Mutation {
    addTitle(title: String!): [String!]! @auth(requires: ADMIN)
  }
`;

const resolvers = {
  Query: {
    titles: () => titles,
    /** @type {(source: unknown, args: { title: string }) => number | undefined} */
    price: (_source, { title }) => (titles.includes(title) ? title.length : undefined),
  },
  Mutation: {
    /** @type {(source: unknown, args: { title: string }) => string[]} */
    addTitle: (_source, { title }) => {
      titles.push(title);
      return titles;
    },
  },
};

/**
 * @param {import('portcullis/directive').Gate} gate
 * @param {number} port
 */
export async function startCatalogue(gate, port) {
  const schema = protectSchema(makeExecutableSchema({ typeDefs: [authTypeDefs(), typeDefs], resolvers }));
  const yoga = createYoga({
    schema,
    context: ({ request }) => authContext(gate, request.headers.get('authorization') ?? undefined),
  });
  const server = createServer(yoga);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return `http://127.0.0.1:${bound}/graphql`;
}
