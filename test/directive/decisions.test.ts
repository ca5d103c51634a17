import { parse, subscribe } from 'graphql';
import { createContext } from '../../src/graphql/context.ts';
import { originOf } from '../../src/graphql/current-caller.ts';
import { revokeSession } from '../../src/sessions/revoke-sessions.ts';
import { bearer, registerUser, send, type Tokens } from '../support/client.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { type Resolver, runSchema, sdlSchema } from './own-schema.ts';

const SDL = `
  type Query { rows(count: Int!): [Row!]! @public  one: Int @auth  two: Int @auth  admin: Int @auth(requires: ADMIN) }
  type Row { id: Int  guarded: Int @auth  also: Int @auth }
  type Mutation { write: Row @auth  endSession: Row @auth }
  type Subscription { ticks: Row @auth  adminTicks: Row @auth(requires: ADMIN) }
`;

const ROW = { id: 1, guarded: 2, also: 3 };

const endSession: Resolver = async (_source, _args, context, info) => {
  const caller = await context.auth.caller(info);
  const { user, session } = caller;
  const revoker = { userId: user.id, sessionId: session.id, roles: user.roles, origin: originOf(context) };
  await revokeSession(context.services.sessions, revoker, session.id);
  return ROW;
};

let listeners = 0;
async function* ticks() {
  listeners += 1;
  for (;;) yield { ticks: ROW, adminTicks: ROW };
}

function createSchema() {
  return sdlSchema(SDL, {
    'Query.rows': (_source, { count }) => Array.from({ length: count }, () => ROW),
    'Query.one': () => 1,
    'Query.two': () => 2,
    'Mutation.write': () => ROW,
    'Mutation.endSession': endSession,
    'Subscription.ticks.subscribe': ticks,
    'Subscription.adminTicks.subscribe': ticks,
  });
}

onSqlite('a decision', (database) => {
  const issuer = runServer(database);
  const server = runSchema(database, createSchema);
  let tokens: Tokens;
  beforeEach(async () => {
    tokens = await registerUser(issuer().url);
    server().loads();
  });

  const ask = (document: string, { accessToken } = tokens) =>
    send(server().url, document, {}, bearer(accessToken));

  it('is made once for a query, however many guarded fields and rows it has', async () => {
    const aliases = Array.from({ length: 15 }, (_, index) => `a${index}: one`).join(' ');
    const { data, errors } = await ask(`{ ${aliases} two rows(count: 200) { guarded also } }`);
    expect(errors).toBeUndefined();
    expect(data.rows).toHaveLength(200);
    expect(data.rows[199]).toEqual({ guarded: 2, also: 3 });
    expect(server().loads()).toBe(1);
  });

  it('is made once when it is a denial too, and denies each of them', async () => {
    await ask('mutation { endSession { id } }');
    server().loads();
    const { data, errors = [] } = await ask('{ one two rows(count: 50) { id guarded } }');
    expect(errors).toHaveLength(52);
    expect(new Set(errors.map(({ extensions }) => extensions['reason']))).toEqual(new Set(['SESSION_ENDED']));
    expect(data.rows[49]).toEqual({ id: 1, guarded: null });
    expect(server().loads()).toBe(1);
  });

  it('is that of one request: the next one is judged anew', async () => {
    await Promise.all([ask('{ one }'), ask('{ one }'), ask('{ two }')]);
    expect(server().loads()).toBe(3);
  });

  it.each([
    ['no row has a guarded field', '{ rows(count: 0) { guarded } }', {}],
    ['the field is skipped', '{ rows(count: 1) { id } one @skip(if: true) }', {}],
    ['its fragment is not included', '{ rows(count: 1) { id } ... @include(if: false) { one } }', {}],
    ['a variable ends the query', 'query ($n: Int!) { one rows(count: $n) { id } }', { n: 'x' }],
  ])('is not made where nobody asks: %s', async (_, document, variables) => {
    await send(server().url, document, variables, bearer(tokens.accessToken));
    expect(server().loads()).toBe(0);
  });

  it.each([
    ['at the root', '{ one }', {}],
    ['in a fragment', '{ ...root } fragment root on Query { rows(count: 1) { id } ... { one } }', {}],
    ['beside one that is skipped', '{ one two @skip(if: true) }', {}],
    ['that is included', 'query ($yes: Boolean!) { one @include(if: $yes) }', { yes: true }],
  ])('is made once for a field %s', async (_, document, variables) => {
    const { data, errors } = await send(server().url, document, variables, bearer(tokens.accessToken));
    expect(errors).toBeUndefined();
    expect(data.one).toBe(1);
    expect(server().loads()).toBe(1);
  });

  it('judges the role of each field by itself', async () => {
    const { data, errors } = await ask('{ one admin }');
    expect(data).toEqual({ one: 1, admin: null });
    expect(errors).toMatchObject([{ path: ['admin'], extensions: { code: 'FORBIDDEN' } }]);
    expect(server().loads()).toBe(1);
  });

  it('is made for every root field of a mutation, and once for all below it', async () => {
    const { errors } = await ask('mutation { a: write { guarded also } b: write { guarded also } }');
    expect(errors).toBeUndefined();
    expect(server().loads()).toBe(2);
  });

  it('E6 does not outlive the root field that ends the session', async () => {
    const { data, errors } = await ask('mutation { a: write { id } b: endSession { id } c: write { id } }');
    expect(data).toEqual({ a: { id: 1 }, b: { id: 1 }, c: null });
    expect(errors).toMatchObject([
      { path: ['c'], extensions: { reason: 'SESSION_ENDED', endReason: 'REVOKED_BY_USER' } },
    ]);
  });

  describe('of a subscription', () => {
    function listen(document: string, authorization?: string) {
      const contextValue = createContext(server().services, {
        requestId: 'a-subscription',
        arrivedAt: performance.now(),
        authorization,
        ipAddress: null,
        userAgent: null,
        client: 'native',
        cookieAllowed: true,
        cookie: { presented: undefined, set: () => undefined, clear: () => undefined },
      });
      return subscribe({ schema: server().schema, document: parse(document), contextValue });
    }

    async function listenTo(document: string, { accessToken } = tokens) {
      const stream = await listen(document, `Bearer ${accessToken}`);
      if (!(Symbol.asyncIterator in stream)) throw new Error(`refused: ${JSON.stringify(stream)}`);
      const next = async () => (await stream.next()).value ?? {};
      return { next, close: () => stream.return(undefined) };
    }

    it('stands before the source: what is denied is never listened to', async () => {
      const before = listeners;
      expect(await listen('subscription { ticks { id } }')).toMatchObject({
        errors: [
          { path: ['ticks'], originalError: { code: 'UNAUTHENTICATED', details: { reason: 'MISSING' } } },
        ],
      });
      expect(
        await listen('subscription { adminTicks { id } }', `Bearer ${tokens.accessToken}`),
      ).toMatchObject({
        errors: [{ originalError: { code: 'FORBIDDEN' } }],
      });
      expect(listeners).toBe(before);
      const allowed = await listenTo('subscription { ticks { id } }');
      await allowed.next();
      await allowed.close();
      expect(listeners).toBe(before + 1);
    });

    it('is made anew for every event, and once for all of its fields', async () => {
      const stream = await listenTo('subscription { ticks { id guarded also } }');
      expect(server().loads()).toBe(1);
      expect((await stream.next()).data).toEqual({ ticks: ROW });
      expect(server().loads()).toBe(1);
      expect((await stream.next()).data).toEqual({ ticks: ROW });
      expect(server().loads()).toBe(1);
      await stream.close();
    });

    it('denies the event after the session has ended', async () => {
      const stream = await listenTo('subscription { ticks { id } }');
      expect((await stream.next()).data).toEqual({ ticks: { id: 1 } });
      await ask('mutation { endSession { id } }');
      const { data, errors } = await stream.next();
      expect(data).toEqual({ ticks: null });
      expect(errors).toMatchObject([{ originalError: { details: { reason: 'SESSION_ENDED' } } }]);
      await stream.close();
    });
  });
});
