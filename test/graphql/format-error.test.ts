import { GraphQLError } from 'graphql';
import {
  badUserInput,
  forbidden,
  invalidCredentials,
  notFound,
  rateLimited,
  reauthenticationRequired,
  sessionEnded,
  unauthenticated,
  unavailable,
} from '../../src/errors/refusal.ts';
import { type Resolver, runSchema, sdlSchema } from '../directive/own-schema.ts';
import { send } from '../support/client.ts';
import { onSqlite, runServer } from '../support/running.ts';

const INSIDE = 'SELECT password_hash FROM users';

const throwing =
  (thrown: unknown): Resolver =>
  () => {
    throw thrown;
  };

/** What a resolver may throw, and what a client reads of it. */
const REFUSALS: Record<string, [Error, object]> = {
  missing: [unauthenticated('MISSING'), { code: 'UNAUTHENTICATED', reason: 'MISSING' }],
  ended: [
    sessionEnded({ at: Date.UTC(2026, 0, 2), reason: 'LOGOUT' }),
    {
      code: 'UNAUTHENTICATED',
      reason: 'SESSION_ENDED',
      endReason: 'LOGOUT',
      endedAt: '2026-01-02T00:00:00.000Z',
    },
  ],
  forbidden: [forbidden('Not yours.'), { code: 'FORBIDDEN' }],
  recency: [reauthenticationRequired(900), { code: 'REAUTHENTICATION_REQUIRED', maxAge: 900 }],
  credentials: [invalidCredentials(), { code: 'INVALID_CREDENTIALS' }],
  throttled: [rateLimited(30), { code: 'RATE_LIMITED', retryAfter: 30 }],
  input: [
    badUserInput('email', 'TAKEN', 'There is one already.'),
    { code: 'BAD_USER_INPUT', field: 'email', problem: 'TAKEN' },
  ],
  unknown: [notFound('session'), { code: 'NOT_FOUND' }],
  away: [unavailable(new Error(INSIDE)), { code: 'UNAVAILABLE', retryAfter: 1 }],
};

const FAILURES: Record<string, Resolver> = {
  error: throwing(new TypeError(INSIDE)),
  rejection: () => Promise.reject(new Error(INSIDE)),
  text: throwing(INSIDE),
  caused: throwing(new Error('failed', { cause: new Error(INSIDE) })),
  foreignCode: throwing(
    Object.assign(new Error(INSIDE), { code: 'ER_X', extensions: { code: 'ER_X', sql: INSIDE } }),
  ),
  graphqlError: throwing(new GraphQLError(INSIDE)),
  codedInternal: throwing(
    new GraphQLError(INSIDE, {
      extensions: { code: 'INTERNAL_SERVER_ERROR', sql: INSIDE, stacktrace: [INSIDE] },
    }),
  ),
  wrongValue: () => INSIDE,
};

const fields = (names: string[], type: string) => names.map((name) => `${name}: ${type} @public`).join('\n');
const SDL = `
  type Query {
    ${fields(Object.keys(REFUSALS), 'Int')}
    ${fields(Object.keys(FAILURES), 'Int')}
    nothing: Int! @public
    noType: Node @public
    told: Int @public
    list: [Item!] @public
    limited(first: Int! = 3): Int @public
    filtered(filter: Filter): Int @public
  }
  interface Node { id: ID }
  type Item implements Node { id: ID bad: Int }
  input Filter { first: Int! = 3 }
`;

function createSchema() {
  return sdlSchema(SDL, {
    ...Object.fromEntries(
      Object.entries(REFUSALS).map(([name, [error]]) => [`Query.${name}`, throwing(error)]),
    ),
    ...Object.fromEntries(Object.entries(FAILURES).map(([name, resolver]) => [`Query.${name}`, resolver])),
    'Query.nothing': () => null,
    'Query.noType': () => ({ __typename: INSIDE }),
    'Query.told': throwing(new GraphQLError('Sold out.', { extensions: { code: 'SOLD_OUT', left: 0 } })),
    'Query.list': () => [{ id: 1 }, { id: 2 }],
    'Item.bad': throwing(new Error(INSIDE)),
    'Query.limited': (_source, { first }) => first,
    'Query.filtered': (_source, { filter }) => filter?.first,
  });
}

onSqlite('an error', (database) => {
  runServer(database);
  const server = runSchema(database, createSchema);
  const ask = (document: string, variables = {}) => send(server().url, document, variables);
  const logged = (requestId: unknown) =>
    server()
      .log()
      .filter((line) => line['requestId'] === requestId && 'err' in line);

  describe('that is a refusal', () => {
    it.each(Object.entries(REFUSALS))('gives its code and details: %s', async (name, [error, extensions]) => {
      const { status, data, errors } = await ask(`{ ${name} }`);
      expect(status).toBe(200);
      expect(data).toEqual({ [name]: null });
      expect(errors).toEqual([
        { message: error.message, path: [name], locations: [{ line: 1, column: 3 }], extensions },
      ]);
    });

    it('leaves its cause to the log, with the id of the request', async () => {
      const { text, headers } = await ask('{ away }');
      expect(text).not.toContain(INSIDE);
      expect(logged(headers.get('x-request-id'))).toMatchObject([
        { level: 'warn', code: 'UNAVAILABLE', err: { message: INSIDE } },
      ]);
      const quiet = await ask('{ forbidden }');
      expect(logged(quiet.headers.get('x-request-id'))).toEqual([]);
    });
  });

  describe('that is a failure of ours', () => {
    it.each([...Object.keys(FAILURES), 'nothing', 'noType { id }'])(
      'tells nothing but the id: %s',
      async (field) => {
        const { errors, text, headers } = await ask(`{ ${field} }`);
        const requestId = headers.get('x-request-id');
        expect(errors).toEqual([
          {
            message: 'Internal server error.',
            path: [field.split(' ')[0]],
            locations: [{ line: 1, column: 3 }],
            extensions: { code: 'INTERNAL_SERVER_ERROR', requestId },
          },
        ]);
        expect(text).not.toMatch(/SELECT|ER_X|\.ts|node_modules/);
        const [line] = logged(requestId);
        expect(line).toMatchObject({ level: 'error', msg: 'request failed' });
        expect(JSON.stringify(line)).toMatch(field === 'nothing' ? /non-nullable/ : /SELECT/);
      },
    );

    it('leaves the rest of the answer as it is', async () => {
      const { data, errors } = await ask('{ list { id bad } limited }');
      expect(data).toEqual({
        limited: 3,
        list: [
          { id: '1', bad: null },
          { id: '2', bad: null },
        ],
      });
      expect(errors?.map(({ path }) => path)).toEqual([
        ['list', 0, 'bad'],
        ['list', 1, 'bad'],
      ]);
    });
  });

  it("of the code of a resolver of one's own is told as it is", async () => {
    expect((await ask('{ told }')).errors).toMatchObject([
      { message: 'Sold out.', extensions: { code: 'SOLD_OUT', left: 0 } },
    ]);
  });

  describe("that is GraphQL's own", () => {
    it.each([
      [400, 'GRAPHQL_PARSE_FAILED', '{ told', {}, /^Syntax Error/],
      [
        400,
        'GRAPHQL_VALIDATION_FAILED',
        '{ tolt }',
        {},
        /^Cannot query field "tolt" on type "Query"\. Did you mean/,
      ],
      [400, 'GRAPHQL_VALIDATION_FAILED', '{ limited(first: "3") }', {}, /^Int cannot represent/],
      [
        400,
        'BAD_USER_INPUT',
        'query ($n: Int!) { limited(first: $n) }',
        { n: 'x' },
        /^Variable "\$n" got an invalid value; Int cannot represent non-integer value$/,
      ],
      [
        400,
        'BAD_USER_INPUT',
        'query ($n: Int!) { limited(first: $n) }',
        { n: 'x at "n"; cannot represent: y' },
        /^Variable "\$n" got an invalid value; Int cannot represent non-integer value$/,
      ],
      [
        400,
        'BAD_USER_INPUT',
        'query ($f: Filter) { filtered(filter: $f) }',
        { f: { first: '" at "f.other"; y' } },
        /^Variable "\$f" got an invalid value at "f\.first"; Int cannot represent non-integer value$/,
      ],
      [
        400,
        'BAD_USER_INPUT',
        'query ($n: Int!) { limited(first: $n) }',
        {},
        /^Variable "\$n" of required type "Int!"/,
      ],
      [400, 'OPERATION_RESOLUTION_FAILURE', 'query A { told } query B { told }', {}, /operation name/],
      [400, 'BAD_REQUEST', '', {}, /non-empty/],
    ])('keeps its status and code: %d %s: %s', async (status, code, document, variables, message) => {
      const answer = await ask(document, variables);
      expect(answer).toMatchObject({
        status,
        errors: [{ message: expect.stringMatching(message), extensions: { code } }],
      });
      expect(answer.errors).toHaveLength(1);
      expect(Object.keys(answer.refusal ?? {})).toEqual(['code']);
      expect(logged(answer.headers.get('x-request-id'))).toEqual([]);
    });

    it.each([
      ['an argument', 'query ($n: Int = 1) { limited(first: $n) }'],
      ['a field of an input', 'query ($n: Int = 1) { filtered(filter: { first: $n }) }'],
      ['@skip', 'query ($n: Boolean = true) { told @skip(if: $n) }'],
      ['@include in a list', 'query ($n: Boolean = true) { list { id @include(if: $n) } }'],
    ])("is the client's mistake when only the execution finds it: null for %s", async (_place, document) => {
      const refused = await ask(document, { n: null });
      expect(refused.errors).toMatchObject([
        { message: expect.stringMatching(/^Argument "\w+" /), extensions: { code: 'BAD_USER_INPUT' } },
      ]);
      expect(logged(refused.headers.get('x-request-id'))).toEqual([]);
      expect((await ask(document)).refusal?.['code']).not.toBe('BAD_USER_INPUT');
    });

    it('names a kind of operation that the schema does not have', async () => {
      for (const document of ['subscription { __typename }', 'mutation { write }']) {
        expect(await ask(document)).toMatchObject({
          status: 400,
          refusal: { code: 'GRAPHQL_VALIDATION_FAILED', validationErrorCode: 'UNKNOWN_OPERATION_TYPE' },
        });
      }
    });
  });
});
