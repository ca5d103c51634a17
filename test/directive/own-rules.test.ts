import { protectSchema } from '../../src/directive/protect-schema.ts';
import type { AuthRules } from '../../src/directive/rules.ts';
import { SchemaError } from '../../src/directive/schema-error.ts';
import { send } from '../support/client.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { type Callers, createCallers } from './callers.ts';
import { type Resolver, runSchema, sdlSchema } from './own-schema.ts';

const SDL = `
  directive @auth(requires: Level, maxAge: Int, when: [AuthCondition!]) on OBJECT | INTERFACE | FIELD_DEFINITION
  directive @public on FIELD_DEFINITION
  enum Level { READER EDITOR ADMIN OWNER }
  enum AuthCondition { MINE CALM }
  type Query {
    signedIn: Int @auth
    read: Int @auth(requires: READER)
    edit: Int @auth(requires: EDITOR)
    own: Int @auth(requires: OWNER)
    mine(of: ID!): Int @auth(when: MINE)
    both(of: ID!): Int @auth(requires: READER, when: [MINE, CALM])
    documents(count: Int!): [Document!]! @auth
  }
  type Document { owner: ID!  secret: Int @auth(when: MINE)  title: String @auth }
`;

/** Beside those of the token: ADMIN of Portcullis is a level here, and implies others. */
const RULES: AuthRules = {
  roles: { enum: 'Level', implies: { EDITOR: ['READER'], ADMIN: ['EDITOR'], OWNER: ['ADMIN'] } },
  conditions: {
    MINE: ({ caller, source, args }) => [args['of'], ownerOf(source)].includes(caller.user.id),
    CALM: async () => calm,
  },
};

let calm = true;
let ran = 0;

function ownerOf(source: unknown): unknown {
  return typeof source === 'object' && source !== null && 'owner' in source ? source.owner : undefined;
}

const one: Resolver = () => {
  ran += 1;
  return 1;
};

onSqlite('@auth by rules of its own', (database) => {
  const issuer = runServer(database);
  const server = runSchema(database, () => sdlSchema(SDL, resolvers(), ''), {}, RULES);
  let callers: Callers;
  let id = '';
  let adminId = '';
  beforeAll(async () => {
    callers = await createCallers(issuer().url, database());
    id = await idOf('user');
    adminId = await idOf('admin');
  });
  beforeEach(() => {
    calm = true;
    ran = 0;
    server().loads();
  });

  function resolvers(): Readonly<Record<string, Resolver>> {
    const documents: Resolver = (_source, { count }) =>
      Array.from({ length: count }, (_, index) => ({
        owner: index % 2 === 0 ? id : 'somebody',
        secret: index,
        title: 'T',
      }));
    const fields = ['signedIn', 'read', 'edit', 'own', 'mine', 'both'];
    return {
      ...Object.fromEntries(fields.map((name) => [`Query.${name}`, one])),
      'Query.documents': documents,
    };
  }

  const idOf = async (who: keyof Callers): Promise<string> =>
    (await send(issuer().url, '{ me { id } }', {}, callers[who])).data.me.id;
  const ask = (who: keyof Callers, query: string) => send(server().url, query, {}, callers[who]);
  const codesOf = async (who: keyof Callers, query: string) =>
    (await ask(who, query)).errors?.map(({ extensions }) => extensions['code']);

  it('asks for no role where none is named', async () => {
    expect(await ask('user', '{ signedIn }')).toMatchObject({ data: { signedIn: 1 } });
    expect(await codesOf('anonymous', '{ signedIn }')).toEqual(['UNAUTHENTICATED']);
  });

  it('knows what its roles imply, however many steps away', async () => {
    expect(await ask('admin', '{ read edit }')).toMatchObject({ data: { read: 1, edit: 1 } });
    expect(await codesOf('admin', '{ own }')).toEqual(['FORBIDDEN']);
    expect(await codesOf('user', '{ read }')).toEqual(['FORBIDDEN']);
    expect(ran).toBe(2);
  });

  it('lets a condition judge the arguments', async () => {
    expect(await ask('user', `{ mine(of: "${id}") }`)).toMatchObject({ data: { mine: 1 } });
    expect(await codesOf('user', '{ mine(of: "x") }')).toEqual(['FORBIDDEN']);
    expect(ran).toBe(1);
  });

  it('lets conditions judge each object by itself, on one decision about the caller', async () => {
    const { data, errors } = await ask('user', '{ documents(count: 1000) { title secret } }');
    const rows = data.documents as { title: string; secret: number | null }[];
    expect(rows.filter(({ secret }) => secret !== null)).toHaveLength(500);
    expect(rows[2]).toEqual({ title: 'T', secret: 2 });
    expect(rows[3]).toEqual({ title: 'T', secret: null });
    expect(new Set(errors?.map(({ extensions }) => extensions['code']))).toEqual(new Set(['FORBIDDEN']));
    expect(server().loads()).toBe(1);
  });

  it('asks for all of several conditions, and for the role before them', async () => {
    expect(await codesOf('user', `{ both(of: "${id}") }`)).toEqual(['FORBIDDEN']);
    expect(await codesOf('admin', '{ both(of: "x") }')).toEqual(['FORBIDDEN']);
    expect(await ask('admin', `{ both(of: "${adminId}") }`)).toMatchObject({ data: { both: 1 } });
    calm = false;
    expect(await codesOf('admin', `{ both(of: "${adminId}") }`)).toEqual(['FORBIDDEN']);
    expect(ran).toBe(1);
  });
});

describe('G1 a schema does not start whose own rules', () => {
  const problemsOf = (sdl: string, rules: AuthRules) => {
    try {
      protectSchema(sdlSchema(sdl, {}, ''), rules);
      return [];
    } catch (error) {
      if (error instanceof SchemaError) return error.problems;
      throw error;
    }
  };
  const roles = { enum: 'Level', implies: { EDITOR: ['READER'] } };

  it('name an enum that there is not', () => {
    const sdl = 'type Query { a: Int @auth }';
    expect(problemsOf(sdl, { roles })).toEqual(['Level must be an enum with the values EDITOR, READER.']);
    expect(problemsOf(`${sdl} enum Level { READER EDITOR }`, { roles })).toEqual([]);
  });

  it('name a role that its enum has not', () => {
    const sdl = 'type Query { a: Int @auth } enum Level { READER }';
    expect(problemsOf(sdl, { roles })).toEqual(['Level must be an enum with the values EDITOR, READER.']);
  });

  it('lack a condition that the schema asks for', () => {
    const sdl = 'type Query { a: Int @auth(when: MINE) }';
    const conditions = { MINE: () => true };
    expect(problemsOf(sdl, { conditions })).toEqual([]);
    expect(problemsOf(sdl, {})).toEqual([
      'Unknown argument "when" on directive "@auth". (a: Int @auth(when: MINE))',
    ]);
    expect(problemsOf(sdl, { conditions: { YOURS: () => true } })).toEqual([
      'Query.a: Argument "when" has invalid value MINE.',
    ]);
    expect(problemsOf(`${sdl} enum AuthCondition { MINE YOURS }`, { conditions })).toEqual([
      'AuthCondition must be an enum with the values MINE, and no others.',
    ]);
  });
});
