import { type GraphQLFieldConfig, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { protectSchema } from '../../src/directive/protect-schema.ts';
import { SchemaError } from '../../src/directive/schema-error.ts';
import { createSchema } from '../../src/graphql/schema.ts';
import { sdlSchema } from './own-schema.ts';
import { UNSAFE_SCHEMAS } from './unsafe-schemas.ts';

function problemsOf(build: () => GraphQLSchema): readonly string[] {
  try {
    protectSchema(build());
    return [];
  } catch (error) {
    if (error instanceof SchemaError) return error.problems;
    throw error;
  }
}

const problems = (sdl: string) => problemsOf(() => sdlSchema(sdl));
const QUERY = 'type Query { me: Int @auth }';

it('the schema of the server passes', () => {
  expect(createSchema()).toBeInstanceOf(GraphQLSchema);
});

describe('G1 the server does not start with', () => {
  it.each(UNSAFE_SCHEMAS)('%s', (_title, broken, problem, sound) => {
    expect(problems(sound)).toEqual([]);
    expect(problems(broken)).toEqual([
      typeof problem === 'string' ? problem : expect.stringMatching(problem),
    ]);
  });

  it('a root field that was built without any directive', () => {
    const field: GraphQLFieldConfig<unknown, unknown> = { type: GraphQLString };
    const query = new GraphQLObjectType({ name: 'Query', fields: { open: field } });
    expect(problemsOf(() => new GraphQLSchema({ query }))).toEqual([
      'Query.open carries neither @auth nor @public.',
    ]);
  });

  it.each([
    [
      'defaults to another role',
      'directive @auth(requires: Role = ADMIN, maxAge: Int) on OBJECT | INTERFACE | FIELD_DEFINITION',
    ],
    ['takes other arguments', 'directive @auth(role: Role = USER) on OBJECT | INTERFACE | FIELD_DEFINITION'],
    ['stands elsewhere', 'directive @auth(requires: Role = USER, maxAge: Int) on OBJECT | ENUM'],
  ])('an @auth of its own that %s', (_way, definition) => {
    const build = () => sdlSchema(QUERY, {}, `${definition} enum Role { USER ADMIN }`);
    expect(problemsOf(build)).toEqual(['@auth is defined otherwise than it is obeyed.']);
  });

  it.each([
    ['no enum', 'scalar Role'],
    ['an enum without ADMIN', 'enum Role { USER ROOT }'],
  ])('a Role that is %s', (_way, role) => {
    expect(problemsOf(() => sdlSchema(QUERY, {}, role))).toEqual([
      'Role must be an enum with the values USER, ADMIN.',
    ]);
  });

  it('a role of its own in @auth, which nobody could hold', () => {
    const build = (role: string) =>
      sdlSchema(`type Query { a: Int @auth(requires: ${role}) }`, {}, 'enum Role { GUEST USER ADMIN }');
    expect(problemsOf(() => build('GUEST'))).toEqual([
      'Query.a: Argument "requires" must be one of USER, ADMIN; it is GUEST.',
    ]);
    expect(problemsOf(() => build('ADMIN'))).toEqual([]);
  });

  it('all that is wrong, said at once', () => {
    const sdl = `
      type Query { a: Int  b: Int @atuh  c: Int @auth(requires: NOBODY)  d: User @public }
      type User @auth { id: ID @public }
    `;
    expect([...problems(sdl)].sort()).toEqual([
      'Query.a carries neither @auth nor @public.',
      'Query.b carries neither @auth nor @public.',
      'Query.c: Argument "requires" has invalid value NOBODY.',
      'Query.d is @public and returns User, which carries @auth.',
      'Unknown directive "@atuh". (b: Int @atuh)',
      'User.id carries @public, which only a root field can.',
    ]);
  });
});

describe('a schema of other hands is taken as it is', () => {
  it('with directives that it defines itself', () => {
    const sdl =
      'directive @cached(for: Int) repeatable on FIELD_DEFINITION type Query { a: Int @auth @cached(for: 1) @cached }';
    expect(problems(sdl)).toEqual([]);
  });

  it('without a definition of @auth and of Role', () => {
    const schema = protectSchema(sdlSchema(QUERY, {}, ''));
    expect(schema.getDirective('auth')?.args.map(({ name }) => name)).toEqual(['requires', 'maxAge']);
    expect(schema.getType('Role')).toBeDefined();
  });

  it('with more roles than it needs', () => {
    expect(problemsOf(() => sdlSchema(QUERY, {}, 'enum Role { GUEST USER ADMIN }'))).toEqual([]);
  });
});
