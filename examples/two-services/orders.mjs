import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { authContext, authTypeDefs, protectSchema } from 'portcullis/directive';

/** @typedef {import('portcullis/directive').AuthContext} AuthContext */
/** @typedef {{ id: string, owner: string, sum: number, note: string }} Order */

/** @type {Order[]} */
const placed = [];

/**
 * Conditions of this schema's own: a note is for whoever placed the order.
 *
 * @satisfies {import('portcullis/directive').AuthRules<AuthContext>}
 */
const rules = {
  conditions: {
    OWNER: ({ caller, source }) => /** @type {Order} */ (source).owner === caller.user.id,
  },
};

const typeDefs = `
  type Query {
    orders: [Order!]! @auth
    allOrders: [Order!]! @auth(requires: ADMIN)
  }
  type Mutation {
    order(sum: Int!, note: String!): Order! @auth
  }
  type Order { id: ID!  sum: Int!  note: String @auth(when: OWNER) }
`;

const resolvers = {
  Query: {
    /** @type {(source: unknown, args: object, context: AuthContext) => Order[]} */
    orders: (_source, _args, { auth }) => placed.filter(({ owner }) => owner === auth.user.id),
    allOrders: () => placed,
  },
  Mutation: {
    /** @type {(source: unknown, args: { sum: number, note: string }, context: AuthContext) => Order} */
    order: (_source, { sum, note }, { auth }) => {
      const order = { id: String(placed.length + 1), owner: auth.user.id, sum, note };
      placed.push(order);
      return order;
    },
  },
};

/**
 * @param {import('portcullis/directive').Gate} gate
 * @param {number} port
 */
export async function startOrders(gate, port) {
  const schema = makeExecutableSchema({ typeDefs: [authTypeDefs(rules), typeDefs], resolvers });
  /** @type {ApolloServer<AuthContext>} */
  const apollo = new ApolloServer({
    schema: protectSchema(schema, rules),
    includeStacktraceInErrorResponses: false,
  });
  const { url } = await startStandaloneServer(apollo, {
    listen: { port, host: '127.0.0.1' },
    context: async ({ req }) => authContext(gate, req.headers.authorization),
  });
  return `${url}graphql`;
}
