import { makeExecutableSchema } from '@graphql-tools/schema';
import {
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
  getNamedType,
  graphqlSync,
  isObjectType,
  parse,
  printType,
  validateSchema,
} from 'graphql';
import { authTypeDefs } from '../../src/directive/auth-type-defs.ts';
import { printSchemaWithDirectives } from '../../src/directive/print-schema.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { readText } from '../docs/markdown.ts';
import { bearer, LOGOUT, login, registerUser, send } from '../support/client.ts';
import { onSqlite } from '../support/running.ts';
import { ADMIN } from '../support/server.ts';
import { runEmbedded } from './embedded.ts';
import { decorated, written } from './guest-book.ts';

describe.each([
  ['type-graphql', decorated, 'strict'],
  ['SDL', written, 'bounded'],
])('a schema of the program, by %s', (_title, schema, FRESHNESS) => {
  onSqlite('beside ours', (database) => {
    const portcullis = runEmbedded(database, () => ({
      schema: schema(),
      settings: { FRESHNESS },
      context: ({ header }) => ({ tenant: header('X-Tenant') ?? 'none' }),
      hooks: { claims: () => ({ plan: 'pro' }) },
    }));
    const ask = async (document: string, headers: Record<string, string> = {}) => {
      const { data, errors = [] } = await send(portcullis().url, document, {}, headers);
      return { data, refused: errors.map(({ path, extensions }) => [path?.join('.'), extensions['code']]) };
    };

    it('has its fields and ours in one document, and knows the caller in its resolvers', async () => {
      const user = await registerUser(portcullis().url);
      const headers = { ...bearer(user.accessToken), 'x-tenant': 'acme' };
      const { data } = await ask('{ me { id email } whoami }', headers);
      expect(data.me).toEqual({ id: user.userId, email: user.email });
      expect(JSON.parse(data.whoami)).toEqual({
        user: { id: user.userId },
        session: { id: user.sessionId, authenticatedAt: expect.stringMatching(/^\d{4}-.*Z$/) },
        roles: ['USER'],
        claims: { plan: 'pro' },
        tenant: 'acme',
      });
    });

    it('is guarded: root fields, fields below, and those of one role', async () => {
      const user = await registerUser(portcullis().url);
      const caller = bearer(user.accessToken);
      expect(await ask('mutation { sign(text: "hello") { text } }')).toEqual({
        data: null,
        refused: [['sign', 'UNAUTHENTICATED']],
      });
      const signed = await ask('mutation { sign(text: "hello") { text author mine at } }', caller);
      const entry = { text: 'hello', author: user.userId, at: '1970-01-01T00:00:00.000Z' };
      expect(signed.data.sign).toEqual({ ...entry, mine: true });
      const open = await ask('{ entries { text author at } }');
      expect(open.data.entries).toContainEqual(entry);
      expect((await ask('{ entries { mine } }')).refused).toEqual([['entries.0.mine', 'UNAUTHENTICATED']]);
      expect((await ask('{ entries { address } }', caller)).refused).toEqual([
        ['entries.0.address', 'FORBIDDEN'],
      ]);
      const admin = bearer((await login(portcullis().url, ADMIN)).accessToken);
      expect((await ask('{ entries { address mine } }', admin)).data.entries[0]).toEqual({
        address: '12 St James Square',
        mine: false,
      });
    });

    it('lets nobody pass as the caller where no field is guarded, with a good token either', async () => {
      const user = await registerUser(portcullis().url);
      const failed = { data: null, refused: [['careless', 'INTERNAL_SERVER_ERROR']] };
      expect(await ask('{ careless }')).toEqual(failed);
      expect(await ask('{ careless }', bearer(user.accessToken))).toEqual(failed);
      const err = { message: 'A caller is known only where @auth guards a field.' };
      expect(
        portcullis()
          .log()
          .findLast(({ msg }) => msg === 'request failed'),
      ).toMatchObject({ err });
    });

    it('is closed to a session that has ended, from the next request on', async () => {
      const user = await registerUser(portcullis().url);
      const caller = bearer(user.accessToken);
      expect((await ask('{ whoami }', caller)).refused).toEqual([]);
      await send(portcullis().url, LOGOUT, { input: { refreshToken: user.refreshToken } });
      expect((await ask('{ whoami }', caller)).refused).toEqual([['whoami', 'UNAUTHENTICATED']]);
    });

    it('is judged anew for each root field of a mutation', async () => {
      const user = await registerUser(portcullis().url);
      const document = `mutation { a: sign(text: "a") { author } revokeSession(id: "${user.sessionId}") { id } b: sign(text: "b") { author } }`;
      const { refused } = await ask(document, bearer(user.accessToken));
      expect(refused).toEqual([['b', 'UNAUTHENTICATED']]);
    });
  });
});

describe('the merged schema', () => {
  const merged = (schema: GraphQLSchema) => createSchema({ schema });
  const sdl = (typeDefs: string, resolvers = {}) =>
    makeExecutableSchema({ typeDefs: [authTypeDefs(), typeDefs], resolvers });

  it('has all of ours as it was, and says of it what it said', () => {
    const alone = createSchema();
    const both = merged(decorated());
    const ours = Object.values(alone.getTypeMap()).filter(({ name }) => !/^__|^(Query|Mutation)$/.test(name));
    expect(ours.length).toBeGreaterThan(30);
    for (const type of ours) {
      const found = both.getType(type.name);
      expect(found && printType(found)).toBe(printType(type));
    }
    const text = printSchemaWithDirectives(both);
    for (const definition of parse(readText('schema.graphql')).definitions) {
      const source =
        definition.loc && readText('schema.graphql').slice(definition.loc.start, definition.loc.end);
      if ('name' in definition && !/^(Query|Mutation)$/.test(definition.name?.value ?? ''))
        expect(text).toContain(source);
    }
  });

  it('leaves the schema that was given as it is, for another server too', () => {
    const schema = written();
    const before = printSchemaWithDirectives(schema);
    merged(schema);
    merged(schema);
    expect(printSchemaWithDirectives(schema)).toBe(before);
    expect(graphqlSync({ schema, source: '{ entries { text } }' })).toEqual({ data: { entries: [] } });
  });

  it('has what conditions of the program ask', () => {
    const rules = { conditions: { OWNER: () => true } };
    const typeDefs = 'type Query { diary: String @auth(when: [OWNER]) }';
    const schema = makeExecutableSchema({ typeDefs: [authTypeDefs(rules), typeDefs] });
    expect(printSchemaWithDirectives(createSchema({ schema, rules }))).toContain('@auth(when: [OWNER])');
  });

  it.each([
    [
      'a type of ours',
      'type User { id: ID! } type Query { user2: User @public }',
      'User is a type of Portcullis already.',
    ],
    [
      'an input of ours',
      'input LoginInput { a: ID } type Query { a(b: LoginInput): ID @public }',
      'LoginInput is a type of Portcullis already.',
    ],
    [
      'an enum of ours',
      'enum Transport { COOKIE BODY } type Query { a: Transport @public }',
      'Transport is a type of Portcullis already.',
    ],
    [
      'one name for another kind',
      'type DateTime { a: ID } type Query { a: DateTime @public }',
      'DateTime is a type of Portcullis already.',
    ],
    ['a root field of ours', 'type Query { me: ID @public }', 'Query.me is a field of Portcullis already.'],
    [
      'a root type of another name',
      'schema { query: Root } type Root { a: ID @public }',
      'The type of its query must be named Query; it is Root.',
    ],
    ['a root field that says nothing', 'type Query { a: ID }', 'Query.a carries neither @auth nor @public.'],
  ])('G1 is not made of %s', (_title, typeDefs, problem) => {
    expect(() => merged(sdl(typeDefs))).toThrow(problem);
  });

  it('G1 is not made of a mistyped directive, nor of a scalar of ours that works otherwise', () => {
    const typeDefs = 'directive @atuh on FIELD_DEFINITION type Query { a: A @public } type A { b: ID @atuh }';
    expect(() => merged(sdl(typeDefs))).not.toThrow();
    const unknown = makeExecutableSchema({
      typeDefs: [authTypeDefs(), 'type Query { a: A @public } type A { b: ID @atuh }'],
      assumeValidSDL: true,
    });
    expect(() => merged(unknown)).toThrow('Unknown directive "@atuh".');
    const DateTime = new GraphQLScalarType({ name: 'DateTime', serialize: Number });
    expect(() => merged(sdl('scalar DateTime type Query { a: DateTime @public }', { DateTime }))).toThrow(
      'DateTime is a type of Portcullis already.',
    );
  });

  it('keeps the types of the program as they were, and where they name a type of both there is one of it', () => {
    const typeDefs = `
      interface Node { id: ID! @auth }
      union Thing = Book | Shelf
      enum Size { SMALL BIG }
      input Wish { size: Size! = BIG, roles: [Role!] = [USER] }
      type Book implements Node @auth(maxAge: 60) { id: ID!, at: DateTime, readers(role: Role = ADMIN): [Role!]! }
      type Shelf { things(wish: Wish = { size: SMALL }): [Thing!]!, query: Query! }
      scalar DateTime
      type Query { shelf: Shelf! @auth }
      type Subscription { things: Thing! @auth }
    `;
    const given = sdl(typeDefs);
    const before = printSchemaWithDirectives(given);
    const both = merged(given);
    const after = printSchemaWithDirectives(both);
    const kept = parse(before).definitions.flatMap((definition) => {
      const isBoth =
        'name' in definition &&
        /^(auth|public|Role|DateTime|Query|Subscription)$/.test(definition.name?.value ?? '');
      return isBoth ? [] : before.slice(definition.loc?.start, definition.loc?.end);
    });
    expect(kept.length).toBe(6);
    for (const text of [...kept, 'things: Thing! @auth\n', 'mySessionEvents: SessionEvent! @auth\n'])
      expect(after).toContain(text);
    expect(validateSchema(both)).toEqual([]);
    const shelf = both.getType('Shelf');
    expect(isObjectType(shelf) && getNamedType(shelf.getFields()['query']?.type)).toBe(both.getQueryType());
  });

  it.each([
    [
      'a directive on a root type',
      'type Query @auth { a: ID }',
      'Query carries @auth itself; put it on the fields of it.',
    ],
    [
      'an interface of a root type',
      'interface Guarded @auth { a: ID } type Query implements Guarded { a: ID }',
      'Query implements Guarded, which a merged root type cannot.',
    ],
  ])('G1 is not made of %s, which would reach to our fields', (_title, typeDefs, problem) => {
    expect(() => merged(sdl(typeDefs))).toThrow(problem);
  });

  it('G1 is not made of @auth that a library keeps where nobody reads it', () => {
    const entry = new GraphQLObjectType({
      name: 'Entry',
      fields: { text: { type: GraphQLString, extensions: { directives: { auth: { requires: 'ADMIN' } } } } },
    });
    const query = new GraphQLObjectType({ name: 'Query', fields: { entry: { type: entry } } });
    expect(() => merged(new GraphQLSchema({ query }))).toThrow(
      'Entry.text has @auth in its extensions, and not in its definition, where it is read.',
    );
  });

  it('is not made of a schema of another copy of GraphQL', () => {
    expect(() => merged({} as GraphQLSchema)).toThrow('It comes from another copy of the package graphql');
  });

  it('G1 names every conflict at once', () => {
    const typeDefs =
      'type User { id: ID } type Session { id: ID } type Query { me: User @public s: Session @public }';
    expect(() => merged(sdl(typeDefs))).toThrow(/Query\.me is .*\n.*User is .*\n.*Session is /);
  });
});
