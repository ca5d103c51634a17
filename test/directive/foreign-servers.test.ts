import { makeExecutableSchema } from '@graphql-tools/schema';
import { type GraphQLSchema, parse, subscribe } from 'graphql';
import {
  authContext,
  authTypeDefs,
  createGate,
  type Gate,
  protectSchema,
  type Question,
} from '../../src/directive/index.ts';
import { bearer, LOGOUT, login, registerUser, send } from '../support/client.ts';
import { onSqlite } from '../support/running.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { newService } from '../support/service.ts';
import { until } from '../support/until.ts';
import { FOREIGN_SERVERS, type ForeignServer, type OwnContext } from './servers.ts';

const ROWS = 1_000;

const RULES = {
  conditions: {
    OWNER: ({ caller, source }: Question<OwnContext>) =>
      typeof source === 'object' && source !== null && 'owner' in source && source.owner === caller.user.id,
    GREETED: ({ context }: Question<OwnContext>) => context.greeting === 'hello',
  },
};

const TYPES = `
  type Query {
    open: String @public
    whoami: Caller! @auth
    notes: [Note!]! @auth
    adminOnly: Int @auth(requires: ADMIN)
    greeted: Int @auth(when: GREETED)
    anything: [Thing!]! @auth
    dated: Dated! @public
  }
  type Mutation { first: Int @auth  second: Int @auth }
  type Subscription { ticks: Int! @auth }
  type Caller { id: ID!  session: ID!  roles: [String!]! }
  type Note { id: ID!  text: String @auth  secret: String @auth(when: OWNER) }
  union Thing = Note | Letter
  interface Dated { year: Int  sum: Int @auth }
  type Letter implements Dated { year: Int  sum: Int  stamp: String @auth(requires: ADMIN) }
`;

/** Whoever made these rows. */
let owner = '';
const note = (index: number) => ({
  __typename: 'Note',
  id: index,
  text: `text ${index}`,
  owner,
  secret: 'x',
});
const LETTER = { __typename: 'Letter', year: 1843, sum: 3, stamp: 'blue' };

const resolvers = {
  Query: {
    open: () => 'open to all',
    whoami: (_source: unknown, _args: object, { auth }: OwnContext) => ({
      id: auth.user.id,
      session: auth.session.id,
      roles: auth.roles,
    }),
    notes: () => Array.from({ length: ROWS }, (_, index) => note(index)),
    adminOnly: () => 1,
    greeted: () => 1,
    anything: () => [note(1), LETTER],
    dated: () => LETTER,
  },
  Mutation: { first: () => 1, second: () => 2 },
  Subscription: {
    ticks: {
      async *subscribe() {
        yield { ticks: 1 };
      },
    },
  },
};

function ownSchema(): GraphQLSchema {
  return protectSchema(makeExecutableSchema({ typeDefs: [authTypeDefs(RULES), TYPES], resolvers }), RULES);
}

onSqlite('@auth in a schema of somebody else', (database) => {
  let issuer: TestServer;
  let remote: Gate & { readonly isCurrent: boolean; close(): Promise<void> };
  beforeAll(async () => {
    issuer = await startTestServer(database());
    const { id, secret } = await newService(database());
    remote = createGate({
      issuer: issuer.issuer,
      url: issuer.url,
      clientId: id,
      clientSecret: secret,
    });
    await until(async () => remote.isCurrent);
  });
  afterAll(async () => {
    await remote.close();
    await issuer.stop();
  });

  const GATES: readonly (readonly [string, () => Gate])[] = [
    ['in the process of the issuer', () => issuer.gate],
    ['at a service that knows its address', () => remote],
  ];

  it.each(GATES)('lets a subscription begin for who may, %s', async (_place, gate) => {
    const user = await registerUser(issuer.url);
    const begin = (authorization: string | undefined) =>
      subscribe({
        schema: ownSchema(),
        document: parse('subscription { ticks }'),
        contextValue: authContext(gate(), authorization),
      });
    expect(await begin(undefined)).toMatchObject({
      errors: [{ extensions: { code: 'UNAUTHENTICATED', reason: 'MISSING' } }],
    });
    const events = await begin(`Bearer ${user.accessToken}`);
    if (!(Symbol.asyncIterator in events)) throw new Error('It did not begin.');
    expect(await events.next()).toEqual({ done: false, value: { data: { ticks: 1 } } });
  });

  describe.each(FOREIGN_SERVERS)('in %s', (_server, start) => {
    describe.each(GATES)('%s', (_place, gate) => {
      let server: ForeignServer;
      let decisions = 0;
      beforeAll(async () => {
        server = await start(ownSchema(), counting(gate));
      });
      afterAll(() => server.stop());

      /** The same gate, whose decisions are counted. */
      function counting(of: () => Gate): Gate {
        return {
          authenticate: (token) => of().authenticate(token),
          now: () => of().now(),
          denied: (code) => of().denied(code),
          begin(authorization) {
            decisions += 1;
            return of().begin(authorization);
          },
        };
      }

      const ask = (query: string, token?: string) =>
        send(server.url, query, {}, token === undefined ? {} : bearer(token));
      const codes = async (query: string, token?: string) =>
        (await ask(query, token)).errors?.map(({ extensions }) => extensions);

      it('tells resolvers who calls', async () => {
        const user = await registerUser(issuer.url);
        const { data } = await ask('{ open whoami { id session roles } }', user.accessToken);
        expect(data).toEqual({
          open: 'open to all',
          whoami: { id: user.userId, session: user.sessionId, roles: ['USER'] },
        });
      });

      it('refuses as Portcullis does, at the field', async () => {
        const { data, errors } = await ask('{ open adminOnly }');
        expect(data).toEqual({ open: 'open to all', adminOnly: null });
        expect(errors).toEqual([
          expect.objectContaining({
            path: ['adminOnly'],
            extensions: { code: 'UNAUTHENTICATED', reason: 'MISSING' },
          }),
        ]);
        const user = await registerUser(issuer.url);
        expect(await codes('{ adminOnly }', user.accessToken)).toEqual([{ code: 'FORBIDDEN' }]);
        expect((await ask('{ adminOnly }', (await login(issuer.url)).accessToken)).data).toEqual({
          adminOnly: 1,
        });
      });

      it('refuses the token of an ended session with the reason', async () => {
        const user = await registerUser(issuer.url);
        expect((await ask('{ whoami { id } }', user.accessToken)).data.whoami.id).toBe(user.userId);
        await send(issuer.url, LOGOUT, { input: { refreshToken: user.refreshToken } });
        await until(async () => (await codes('{ whoami { id } }', user.accessToken)) !== undefined);
        expect(await codes('{ whoami { id } }', user.accessToken)).toEqual([
          expect.objectContaining({ code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED', endReason: 'LOGOUT' }),
        ]);
      });

      it('takes one decision for a thousand guarded rows', async () => {
        const user = await registerUser(issuer.url);
        decisions = 0;
        const { data } = await ask('{ notes { id text } }', user.accessToken);
        expect(data.notes).toHaveLength(ROWS);
        expect(data.notes[7]).toEqual({ id: '7', text: 'text 7' });
        expect(decisions).toBe(1);
      });

      it('asks conditions of its own about each object, and about its own context', async () => {
        const user = await registerUser(issuer.url);
        owner = user.userId;
        const { data } = await ask('{ greeted notes { secret } }', user.accessToken);
        expect(data.greeted).toBe(1);
        expect(data.notes[0]).toEqual({ secret: 'x' });
        owner = 'somebody else';
        const denied = await ask('{ anything { ... on Note { secret } } }', user.accessToken);
        expect(denied.data.anything[0]).toEqual({ secret: null });
        expect(denied.refusal).toEqual({ code: 'FORBIDDEN' });
      });

      it('guards through unions, interfaces, fragments and aliases, and what is skipped asks nobody', async () => {
        const user = await registerUser(issuer.url);
        const union = '{ anything { ...L ... on Note { text } } } fragment L on Letter { year s: stamp }';
        const answer = await ask(union, user.accessToken);
        expect(answer.data).toEqual({ anything: [{ text: 'text 1' }, { year: 1843, s: null }] });
        expect(answer.errors).toEqual([
          expect.objectContaining({ path: ['anything', 1, 's'], extensions: { code: 'FORBIDDEN' } }),
        ]);
        expect(await ask('{ dated { year sum } }')).toMatchObject({
          data: { dated: { year: 1843, sum: null } },
          refusal: { reason: 'MISSING' },
        });
        decisions = 0;
        expect(await ask('{ dated { year sum @skip(if: true) } open }')).toMatchObject({
          data: { dated: { year: 1843 }, open: 'open to all' },
          errors: undefined,
        });
        expect(decisions).toBe(0);
      });

      it('E6 judges each field of a mutation anew', async () => {
        const user = await registerUser(issuer.url);
        decisions = 0;
        expect(await ask('mutation { first second }', user.accessToken)).toMatchObject({
          data: { first: 1, second: 2 },
        });
        expect(decisions).toBe(2);
      });
    });
  });
});

describe('a server that forgot authContext', () => {
  it.each(FOREIGN_SERVERS)('of %s lets nobody in', async (_name, start) => {
    const server = await start(ownSchema(), undefined);
    try {
      const { data, errors } = await send(server.url, '{ greeted open }');
      expect(data).toEqual({ greeted: null, open: 'open to all' });
      expect(errors).toHaveLength(1);
    } finally {
      await server.stop();
    }
  });
});
