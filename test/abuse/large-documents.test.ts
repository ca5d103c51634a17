import { bearer, login, send } from '../support/client.ts';
import { EVERYTHING, each, INTROSPECTION } from '../support/documents.ts';
import { onSqlite, runServer } from '../support/running.ts';

const PARSE = { code: 'GRAPHQL_PARSE_FAILED' };
const exceeded = (limit: string) => ({
  code: 'GRAPHQL_VALIDATION_FAILED',
  validationErrorCode: `MAX_${limit}_EXCEEDED`,
});

const chain = (length: number) =>
  `{ ...F0 } ${each(length, (n) => `fragment F${n} on Query { ...F${n + 1} }`)} fragment F${length} on Query { me { id } }`;
const aliases = (count: number, field = 'me { id }') => `{ ${each(count, (n) => `a${n}: ${field}`)} }`;
const nested = (depth: number) => `${'{ a '.repeat(depth)}${'}'.repeat(depth)}`;
const types = (depth: number) =>
  `{ __schema { types ${'{ ofType '.repeat(depth)}{ name }${' }'.repeat(depth + 1)} }`;

const DOCUMENTS: [name: string, refusal: object, document: string][] = [
  ['a chain of fragments', PARSE, chain(4_500)],
  ['twenty thousand aliases', PARSE, aliases(20_000)],
  ['a selection of great depth', PARSE, nested(10_000)],
  ['a list of great depth as an argument', PARSE, `{ mySessions(first: ${'['.repeat(9_000)}) { id } }`],
  ['a million characters of comment', PARSE, `{ me { id } } #${'x'.repeat(1_000_000)}`],
  ['many comments', PARSE, `{ me { id } } ${'#\n'.repeat(10_000)}`],
  ['a long name', PARSE, `{ ${'x'.repeat(20_000)} }`],
  ['a long text', PARSE, `{ user(id: "${'x'.repeat(20_000)}") { id } }`],
  ['three hundred operations', PARSE, each(300, (n) => `query Q${n} { me { id } }`)],
  ['a thousand variables', PARSE, `query (${each(1_000, (n) => `$v${n}: Int`)}) { me { id } }`],
  ['depth', exceeded('DEPTH'), nested(50)],
  ['depth in fragments', exceeded('DEPTH'), `{ ...F } fragment F on Query ${nested(50)}`],
  ['depth of introspection', exceeded('DEPTH'), types(20)],
  ['aliases', exceeded('ALIASES'), aliases(16)],
  ['aliases of what costs nothing', exceeded('ALIASES'), aliases(16, '__typename')],
  ['aliases of introspection', exceeded('ALIASES'), aliases(16, '__schema { types { name } }')],
  ['directives on one field', exceeded('DIRECTIVES'), `{ me { id ${'@skip @include '.repeat(200)} } }`],
  ['directives with arguments', exceeded('DIRECTIVES'), `{ me { id ${'@include(if: true) '.repeat(120)} } }`],
  ['unknown directives', exceeded('DIRECTIVES'), `{ me { id ${each(300, (n) => `@d${n}`)} } }`],
  ['directives on an operation', exceeded('DIRECTIVES'), `query ${'@skip '.repeat(300)} { me { id } }`],
  [
    'directives on a variable',
    exceeded('DIRECTIVES'),
    `query ($a: Int ${'@skip '.repeat(300)}) { me { id } }`,
  ],
  ['cost', exceeded('COST'), aliases(10, 'mySessions(first: 500) { id user { id email roles } deviceName }')],
  [
    'cost by variables',
    exceeded('COST'),
    `query ($n: Int!) ${aliases(10, 'mySessions(first: $n) { id user { id email roles } deviceName }')}`,
  ],
  [
    'cost of a connection, in fragments',
    exceeded('COST'),
    `query ($n: Int) ${aliases(15, 'sessions(first: $n) { ...C }')}
     fragment C on SessionConnection { nodes { ...S } edges { node { ...S } } }
     fragment S on Session { id createdAt lastSeenAt user { id email } }`,
  ],
];

onSqlite('F2 a document that asks for too much', (database) => {
  const server = runServer(database);

  it.each(DOCUMENTS)(
    'is refused as a mistake of the client, before anything runs: %s',
    async (_name, refusal, document) => {
      const { accessToken } = await login(server().url);
      const answer = await send(server().url, document, { n: 500 }, bearer(accessToken));
      expect(answer).toMatchObject({ status: 400, refusal });
      expect(answer.errors).toHaveLength(1);
      expect(answer.data).toBeUndefined();
      expect(answer.text).not.toMatch(/stack/i);
    },
  );

  it.each([
    ['once too often', '{ me { id @skip(if: false) @skip(if: false) } }', /only be used once/],
    ['that there is not', '{ me { id @defer } }', /Unknown directive/],
    ['where it may not be', 'query @include(if: true) { me { id } }', /may not be used/],
    ['of the schema', '{ me @auth { id } }', /may not be used/],
    ['with nothing to decide by', '{ me { id @skip } }', /required, but it was not provided/],
  ])('so is a directive %s', async (_, document, message) => {
    const answer = await send(server().url, document);
    expect(answer).toMatchObject({ status: 400, refusal: { code: 'GRAPHQL_VALIDATION_FAILED' } });
    expect(answer.errors?.[0]?.message).toMatch(message);
  });

  it('while one that somebody could mean is answered', async () => {
    const { accessToken } = await login(server().url);
    const ask = (document: string, variables = {}) =>
      send(server().url, document, variables, bearer(accessToken));
    expect(Object.keys((await ask(aliases(15))).data)).toHaveLength(15);
    expect((await ask(chain(50))).errors).toBeUndefined();
    expect((await ask(EVERYTHING, { first: 200 })).errors).toBeUndefined();
    const skipped = await ask('query ($no: Boolean!) { me { id @include(if: $no) email @skip(if: $no) } }', {
      no: false,
    });
    expect(Object.keys(skipped.data.me)).toEqual(['email']);
    const { data } = await ask(INTROSPECTION);
    expect(data.__schema.types.length).toBeGreaterThan(30);
  });
});
