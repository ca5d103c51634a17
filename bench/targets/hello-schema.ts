import { GraphQLID, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';

/** What the protected query answers, without a guard and without a database. */
export const USER = { id: '018f3c5e-7d2a-7b41-9c3d-00000000000a', email: 'somebody@example.com' };

export const QUERY = '{ me { id email } }';

export const ANSWER = `${JSON.stringify({ data: { me: USER } })}\n`;

/** `me` for everybody. */
export function helloSchema(): GraphQLSchema {
  const user = new GraphQLObjectType({
    name: 'User',
    fields: {
      id: { type: new GraphQLNonNull(GraphQLID) },
      email: { type: new GraphQLNonNull(GraphQLString) },
    },
  });
  const me = { type: new GraphQLNonNull(user), resolve: () => USER };
  return new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Query', fields: { me } }) });
}
