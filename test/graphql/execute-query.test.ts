import { GraphQLError } from 'graphql';
import { notFound, unavailable } from '../../src/errors/refusal.ts';
import { type Resolver, runSchema, sdlSchema } from '../directive/own-schema.ts';
import { bearer, registerUser, send } from '../support/client.ts';
import { onSqlite, runServer } from '../support/running.ts';

const INSIDE = 'SELECT password_hash FROM users';

const throwing =
  (thrown: unknown): Resolver =>
  () => {
    throw thrown;
  };

const RESOLVERS: Record<string, Resolver> = {
  fine: () => 1,
  late: async () => 1,
  refused: throwing(notFound('session')),
  away: () => Promise.reject(unavailable(new Error(INSIDE))),
  failed: throwing(new TypeError(INSIDE)),
  text: throwing(INSIDE),
  own: throwing(new GraphQLError('Mine.', { extensions: { code: 'MINE', more: 1 } })),
  ownInternal: throwing(
    new GraphQLError(INSIDE, { extensions: { code: 'INTERNAL_SERVER_ERROR', sql: INSIDE } }),
  ),
  wrongValue: () => INSIDE,
};

const NAMES = Object.keys(RESOLVERS);
const fieldsOf = (type: string) => NAMES.map((name) => `${name}: ${type} @auth`).join('\n');
const SDL = `type Query { ${fieldsOf('Int')} nothing: Int! @auth admin: Int @auth(requires: ADMIN) }`;

function createSchema() {
  const resolvers = NAMES.map((name) => [`Query.${name}`, RESOLVERS[name]] as const);
  return sdlSchema(SDL, { ...Object.fromEntries(resolvers), 'Query.nothing': () => null });
}

onSqlite('a query that is certain to ask who calls', (database) => {
  const issuer = runServer(database);
  const server = runSchema(database, createSchema);

  /** Apollo Server executes what has variables. */
  const askBothWays = (field: string, headers: Record<string, string>) =>
    Promise.all([
      ask(`{ fine ${field} }`, {}, headers),
      ask(`query ($yes: Boolean!) { fine @include(if: $yes) ${field} }`, { yes: true }, headers),
    ]);

  const ask = async (document: string, variables: object, headers: Record<string, string>) => {
    const { status, headers: received, text } = await send(server().url, document, variables, headers);
    const comparable = text
      .replace(/"column":\d+/g, '"column":0')
      .replace(/"requestId":"[^"]*"/g, '"requestId":""');
    return { status, type: received.get('content-type'), text: comparable };
  };

  it.each([...NAMES, 'nothing', 'admin', 'a: fine b: refused c: failed'])(
    'gets the same answer as by way of Apollo Server: %s',
    async (field) => {
      const { accessToken } = await registerUser(issuer().url);
      const [ours, apollos] = await askBothWays(field, bearer(accessToken));
      expect(ours).toEqual(apollos);
      expect(ours.text).not.toContain(INSIDE);
    },
  );

  it.each(['fine', 'nothing', 'admin'])('gets the same denial: %s', async (field) => {
    const [ours, apollos] = await askBothWays(field, {});
    expect(ours).toEqual(apollos);
    expect(ours.text).toContain('"reason":"MISSING"');
  });
});
