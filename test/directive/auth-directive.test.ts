import { bearer, login, REVOKE_SESSION, registerUser, send } from '../support/client.ts';
import { onSqlite, runServer } from '../support/running.ts';
import { type Callers, createCallers, PROVEN_AGO } from './callers.ts';
import { type Resolver, runSchema, sdlSchema } from './own-schema.ts';

const SDL = `
  type Query {
    open: Note @public
    opened(times: Int! = 3): [Note!]! @public
    plain: Int @auth
    adminOnly: Int @auth(requires: ADMIN)
    recent: Int @auth(maxAge: 60)
    notSoRecent: Int @auth(maxAge: 7200)
    adminRecent: Int @auth(requires: ADMIN, maxAge: 60)
    vault: Vault @auth
    shelf: Shelf @auth
    deed: Deed @auth
    owned: Owned @auth
    anything: [Anything!]! @auth
    renamed: Extended @auth
  }
  type Note { text: String author: Author @auth authors: [Author!]! @auth }
  type Author { name: String salary: Int @auth(requires: ADMIN) }
  type Vault @auth(requires: ADMIN) { gold: Int silver: Int @auth(maxAge: 60) }
  type Shelf @auth(maxAge: 7200) { books: Int rare: Int @auth(requires: ADMIN, maxAge: 60) }
  interface Owned @auth(requires: ADMIN) { owner: String }
  interface Dated { year: Int @auth(maxAge: 60) place: String }
  type Deed implements Owned & Dated @auth(maxAge: 7200) { owner: String year: Int place: String text: String }
  union Anything = Deed | Author
  type Extended { first: Int second: Int }
  extend type Extended @auth(requires: ADMIN) { third: Int }
  type Mutation { write: Int @auth }
`;

const AUTHOR = { __typename: 'Author', name: 'Ada', salary: 7 };
const NOTE = { text: 'hello', author: AUTHOR, authors: [AUTHOR, AUTHOR] };
const DEED = { __typename: 'Deed', owner: 'Ada', year: 1843, place: 'London', text: 'all of it' };

let ran: string[] = [];
const value =
  (result: unknown): Resolver =>
  (_source, _args, _context, info) => {
    ran.push(String(info.path.key));
    return result;
  };

function createSchema() {
  return sdlSchema(SDL, {
    'Query.open': value(NOTE),
    'Query.opened': (_source, { times }) => Array.from({ length: times }, () => NOTE),
    'Query.plain': value(1),
    'Query.adminOnly': value(1),
    'Query.recent': value(1),
    'Query.notSoRecent': value(1),
    'Query.adminRecent': value(1),
    'Query.vault': value({ gold: 1, silver: 2 }),
    'Query.shelf': value({ books: 1, rare: 2 }),
    'Query.deed': value(DEED),
    'Query.owned': value(DEED),
    'Query.anything': value([DEED, AUTHOR]),
    'Query.renamed': value({ first: 1, second: 2, third: 3 }),
    'Mutation.write': value(1),
  });
}

const MISSING = { code: 'UNAUTHENTICATED', reason: 'MISSING' };
const FORBIDDEN = { code: 'FORBIDDEN' };
const tooOld = (maxAge: number) => ({ code: 'REAUTHENTICATION_REQUIRED', maxAge });

onSqlite('@auth', (database) => {
  const issuer = runServer(database);
  const server = runSchema(database, createSchema);
  let callers: Callers;
  beforeAll(async () => {
    callers = await createCallers(issuer().url, database());
  });
  beforeEach(() => {
    ran = [];
    server().loads();
  });

  /** What a document gives and what it is refused, by the path of the refusal. */
  async function ask(who: keyof Callers, document: string, variables: object = {}) {
    const { data, errors = [] } = await send(server().url, document, variables, callers[who]);
    return {
      data,
      refused: Object.fromEntries(errors.map((each) => [each.path?.join('.'), each.extensions])),
    };
  }

  describe('on a field', () => {
    it.each<[keyof Callers, string, object | null]>([
      ['anonymous', 'plain', MISSING],
      ['user', 'plain', null],
      ['admin', 'plain', null],
      ['anonymous', 'adminOnly', MISSING],
      ['user', 'adminOnly', FORBIDDEN],
      ['admin', 'adminOnly', null],
      ['anonymous', 'recent', MISSING],
      ['userOfOld', 'recent', tooOld(60)],
      ['userOfOld', 'notSoRecent', null],
      ['user', 'recent', null],
      ['userOfOld', 'adminRecent', FORBIDDEN],
      ['adminOfOld', 'adminRecent', tooOld(60)],
      ['admin', 'adminRecent', null],
    ])('%s asks for %s', async (who, field, refusal) => {
      const { data, refused } = await ask(who, `{ ${field} }`);
      expect(data).toEqual({ [field]: refusal === null ? 1 : null });
      expect(refused).toEqual(refusal === null ? {} : { [field]: refusal });
      expect(ran).toEqual(refusal === null ? [field] : []);
    });

    it('judges a mutation likewise', async () => {
      expect((await ask('anonymous', 'mutation { write }')).refused).toEqual({ write: MISSING });
      expect(ran).toEqual([]);
      expect((await ask('user', 'mutation { write }')).data).toEqual({ write: 1 });
    });

    it('denies at once when the session ends', async () => {
      const { accessToken, sessionId } = await registerUser(issuer().url);
      expect((await send(server().url, '{ plain }', {}, bearer(accessToken))).data).toEqual({ plain: 1 });
      await send(issuer().url, REVOKE_SESSION, { id: sessionId }, bearer(accessToken));
      expect((await send(server().url, '{ plain }', {}, bearer(accessToken))).refusal).toMatchObject({
        reason: 'SESSION_ENDED',
        endReason: 'REVOKED_BY_USER',
      });
    });
  });

  describe('on a type', () => {
    it('guards each of its fields', async () => {
      const { data, refused } = await ask('user', '{ vault { gold silver } }');
      expect(data).toEqual({ vault: { gold: null, silver: null } });
      expect(refused).toEqual({ 'vault.gold': FORBIDDEN, 'vault.silver': FORBIDDEN });
      expect((await ask('admin', '{ vault { gold silver } }')).data.vault).toEqual({ gold: 1, silver: 2 });
    });

    it('adds up with that of the field, role and maxAge alike', async () => {
      expect((await ask('adminOfOld', '{ vault { gold silver } }')).refused).toEqual({
        'vault.silver': tooOld(60),
      });
      expect((await ask('userOfOld', '{ shelf { books rare } }')).refused).toEqual({
        'shelf.rare': FORBIDDEN,
      });
      // Of two ages the shorter one counts.
      expect((await ask('adminOfOld', '{ shelf { books rare } }')).refused).toEqual({
        'shelf.rare': tooOld(60),
      });
      expect(PROVEN_AGO).toBeLessThan(7200);
    });

    it('holds when it stands on an extension', async () => {
      const denied = { 'renamed.first': FORBIDDEN, 'renamed.third': FORBIDDEN };
      expect((await ask('user', '{ renamed { first third } }')).refused).toEqual(denied);
      expect((await ask('admin', '{ renamed { first third } }')).refused).toEqual({});
    });
  });

  describe('on an interface', () => {
    it('guards every field of the types that implement it', async () => {
      const { data, refused } = await ask('user', '{ deed { owner text } }');
      expect(data.deed).toEqual({ owner: null, text: null });
      expect(refused).toEqual({ 'deed.owner': FORBIDDEN, 'deed.text': FORBIDDEN });
    });

    it('adds up with those of the type and of the fields of the interface', async () => {
      const fields = '{ deed { owner place year } }';
      expect((await ask('admin', fields)).data.deed).toEqual({ owner: 'Ada', place: 'London', year: 1843 });
      expect((await ask('adminOfOld', fields)).refused).toEqual({ 'deed.year': tooOld(60) });
    });

    it('holds through a field of the interface type and through a union', async () => {
      const throughInterface = '{ owned { owner ... on Deed { text } } }';
      expect((await ask('user', throughInterface)).refused).toEqual({
        'owned.owner': FORBIDDEN,
        'owned.text': FORBIDDEN,
      });
      const throughUnion = '{ anything { ... on Owned { owner } ... on Author { name } } }';
      const { data, refused } = await ask('user', throughUnion);
      expect(refused).toEqual({ 'anything.0.owner': FORBIDDEN });
      expect(data.anything).toEqual([{ owner: null }, { name: 'Ada' }]);
      expect((await ask('admin', throughUnion)).data.anything).toEqual([{ owner: 'Ada' }, { name: 'Ada' }]);
    });
  });

  describe('below a @public field', () => {
    it('gives what is open and denies what is not', async () => {
      const { data, refused } = await ask('anonymous', '{ open { text author { name } } }');
      expect(data.open).toEqual({ text: 'hello', author: null });
      expect(refused).toEqual({ 'open.author': MISSING });
      expect((await ask('user', '{ open { author { name salary } } }')).refused).toEqual({
        'open.author.salary': FORBIDDEN,
      });
    });

    it('asks for no session where nothing guarded is asked for', async () => {
      expect((await ask('user', '{ open { text } __typename }')).refused).toEqual({});
      expect(server().loads()).toBe(0);
      // Not even a bearer that is no token matters there.
      const rubbish = await send(server().url, '{ open { text } }', {}, bearer('rubbish'));
      expect(rubbish.data).toEqual({ open: { text: 'hello' } });
    });
  });

  describe('however the field is written', () => {
    const inFragment = '{ ...F } fragment F on Query { adminOnly }';
    const nested = '{ ...F } fragment F on Query { ...G } fragment G on Query { ... on Query { adminOnly } }';

    it.each([
      ['an alias', '{ x: adminOnly }', 'x'],
      ['the alias of a public name', '{ open: adminOnly }', 'open'],
      ['a fragment', inFragment, 'adminOnly'],
      ['fragments in fragments', nested, 'adminOnly'],
      ['an inline fragment without a type', '{ ... { adminOnly } }', 'adminOnly'],
      ['@include', '{ adminOnly @include(if: true) }', 'adminOnly'],
      ['@skip', '{ adminOnly @skip(if: false) }', 'adminOnly'],
    ])('by %s it is guarded', async (_way, document, key) => {
      expect(await ask('user', document)).toEqual({ data: { [key]: null }, refused: { [key]: FORBIDDEN } });
      expect(await ask('admin', document)).toEqual({ data: { [key]: 1 }, refused: {} });
    });

    it('of several operations the one that runs is judged', async () => {
      const query = 'query A { adminOnly } query B { plain }';
      const run = async (operationName: string) => {
        const body = JSON.stringify({ query, operationName });
        const headers = { 'content-type': 'application/json', ...callers.user };
        return (await fetch(`${server().url}/graphql`, { method: 'POST', headers, body })).json();
      };
      expect(await run('A')).toMatchObject({ errors: [{ path: ['adminOnly'], extensions: FORBIDDEN }] });
      expect(await run('B')).toEqual({ data: { plain: 1 } });
    });

    it('a field that is left out is not judged', async () => {
      const document =
        'query ($no: Boolean!) { __typename adminOnly @include(if: $no) plain @skip(if: true) }';
      expect(await ask('anonymous', document, { no: false })).toEqual({
        data: { __typename: 'Query' },
        refused: {},
      });
      expect((await ask('anonymous', document, { no: true })).refused).toEqual({ adminOnly: MISSING });
    });

    it('__typename is not guarded', async () => {
      expect(await ask('anonymous', '{ __typename }')).toEqual({
        data: { __typename: 'Query' },
        refused: {},
      });
      expect((await ask('user', '{ vault { __typename } }')).data).toEqual({
        vault: { __typename: 'Vault' },
      });
    });
  });
});

onSqlite('@auth on a root type', (database) => {
  const issuer = runServer(database);
  const schema = () =>
    sdlSchema(
      `type Query @auth { one: Int two: Int @auth(requires: ADMIN) }
       type Mutation @auth(requires: ADMIN, maxAge: 60) { write: Int }`,
      { 'Query.one': () => 1, 'Query.two': () => 2, 'Mutation.write': () => 3 },
    );
  const server = runSchema(database, schema);

  it('stands for each of its fields', async () => {
    const user = bearer((await registerUser(issuer().url)).accessToken);
    const admin = bearer((await login(issuer().url)).accessToken);
    const codes = async (document: string, headers = {}) =>
      (await send(server().url, document, {}, headers)).errors?.map(({ extensions }) => extensions['code']);
    expect(await codes('{ one two }')).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
    expect(await codes('{ one two }', user)).toEqual(['FORBIDDEN']);
    expect(await codes('{ one two }', admin)).toBeUndefined();
    expect(await codes('mutation { write }')).toEqual(['UNAUTHENTICATED']);
    expect(await codes('mutation { write }', user)).toEqual(['FORBIDDEN']);
    expect(await codes('mutation { write }', admin)).toBeUndefined();
  });
});
